/* SPDX-License-Identifier: MIT */
/* No name of C's <stdint.h>, and calls that are the other convention's. */
#ifndef __BASE_H__
#define __BASE_H__

typedef signed char INT8;
typedef unsigned char UINT8;
typedef char CHAR8;
typedef short INT16;
typedef unsigned short UINT16;
typedef int INT32;
typedef unsigned int UINT32;
typedef long long INT64;
typedef unsigned long long UINT64;
typedef INT64 INTN;
typedef UINT64 UINTN;
typedef unsigned char BOOLEAN;

#define EFIAPI __attribute__((ms_abi))
#define IN
#define OUT
#define OPTIONAL
#define CONST  const
#define VOID   void
#define STATIC static
#define TRUE   ((BOOLEAN)(1 == 1))
#define FALSE  ((BOOLEAN)(0 == 1))
#define NULL   ((VOID *)0)

#endif
