/* SPDX-License-Identifier: MIT */
/* long has 32 bits. */
#ifndef _NTDEF_
#define _NTDEF_

typedef char CHAR;
typedef unsigned char UCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef long LONG;
typedef unsigned long ULONG;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef long long LONG_PTR;
typedef unsigned long long ULONG_PTR;
typedef int NTSTATUS;

#define IN
#define OUT
#define VOID        void
#define interface   struct
#define FORCEINLINE static __inline
#define min(a, b)   (((a) < (b)) ? (a) : (b))

#endif
