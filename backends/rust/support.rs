// SPDX-License-Identifier: MIT

//! What all calls share: errors, transfers, detection, patching.

use ::core::sync::atomic::{AtomicU32, Ordering};

/// Bit of rax that tells FastABI from the classic ABI.
pub const MASK: u64 = 0x4000_0000;

// ---- errors ----

/// An error of the hypervisor: the negative number that came back in rax.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Errno(pub i64);

macro_rules! errnos {
    ($($name:ident = $value:literal,)+) => {
        /// Names of Xen's public header errno.h.
        #[allow(missing_docs)]
        impl Errno {
            $(pub const $name: Errno = Errno(-$value);)+

            /// `"ENOENT"`; nothing for a number without a name.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $(-$value => Some(stringify!($name)),)+
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, ENOEXEC = 8, EBADF = 9,
    ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17,
    EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENFILE = 23, EMFILE = 24,
    ENOSPC = 28, EROFS = 30, EMLINK = 31, EDOM = 33, ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36,
    ENOLCK = 37, ENOSYS = 38, ENOTEMPTY = 39, ENODATA = 61, ETIME = 62, EBADMSG = 74, EOVERFLOW = 75,
    EILSEQ = 84, ERESTART = 85, ENOTSOCK = 88, EMSGSIZE = 90, EOPNOTSUPP = 95, EADDRINUSE = 98,
    EADDRNOTAVAIL = 99, ENOBUFS = 105, EISCONN = 106, ENOTCONN = 107, ETIMEDOUT = 110,
    ECONNREFUSED = 111,
}

impl ::core::fmt::Display for Errno {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "error {}", self.0),
        }
    }
}

impl ::core::fmt::Debug for Errno {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        write!(f, "Errno({})", self.0)
    }
}

// ---- registers of a call ----

/// Numbers and registers of one operation: what a handler for #VC needs to expose no register more than
/// the call uses. Bit n of a mask is register n: rax, rdi, rsi, r8, r9, r10, r11, r12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// In rax, with [`MASK`] added.
    pub hypercall_index: u32,
    /// In rdi; nothing for a hypercall without sub-operations.
    pub index: Option<u32>,
    /// Registers that go to the hypervisor.
    pub inputs: u8,
    /// Registers that come back with a result.
    pub outputs: u8,
    /// Registers that may come back changed without meaning.
    pub clobbers: u8,
    /// Who can make the call, if the specification says so.
    pub caller: Option<Caller>,
    /// Can the call act on other domains than the caller?
    pub is_foreign: bool,
}

/// Who can make a call, by the hypervisor's own checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Any guest.
    Any,
    /// The device model of the domain that the call acts on.
    DeviceModel,
    /// A control domain.
    Control,
    /// The hardware domain.
    Hardware,
}

/// Compile-time assertions on the calls of a module.
#[allow(dead_code)] // some releases of rustc do not see the use in `const _`
pub(crate) const fn check(hypercall_index: u32, calls: &[Call]) {
    assert!(hypercall_index < MASK as u32);
    let mut i = 0;
    while i < calls.len() {
        let call = &calls[i];
        assert!(call.hypercall_index == hypercall_index);
        assert!(call.inputs & 1 == 1 && call.outputs & 1 == 1);
        assert!(call.index.is_none() || call.inputs & 2 == 2);
        assert!(call.outputs & call.clobbers == 0);
        i += 1;
    }
}

// ---- detection ----

/// Executes CPUID with ECX 0: EAX, EBX, ECX and EDX.
#[must_use]
pub fn cpuid(leaf: u32) -> [u32; 4] {
    // SAFETY: every x86-64 processor has the instruction. (Safe by itself in newer releases of Rust.)
    #[allow(unused_unsafe)]
    let found = unsafe { ::core::arch::x86_64::__cpuid_count(leaf, 0) };
    [found.eax, found.ebx, found.ecx, found.edx]
}

/// Is there a Xen that speaks FastABI? The base of its CPUID leaves if so.
///
/// `cpuid` executes CPUID: [`cpuid`](fn@cpuid) where nothing else is needed. The leaves are scanned, as Xen
/// stands behind others when it shows several interfaces.
#[must_use]
pub fn detect(mut cpuid: impl FnMut(u32) -> [u32; 4]) -> Option<u32> {
    let mut base = 0x4000_0000;
    while base < 0x4001_0000 {
        let [eax, ebx, ecx, edx] = cpuid(base);
        // "XenVMMXenVMM"
        if [ebx, ecx, edx] == [0x566e_6558, 0x6558_4d4d, 0x4d4d_566e] && eax >= base + 4 {
            return if cpuid(base + 4)[0] & 1 << 7 != 0 {
                Some(base)
            } else {
                None
            };
        }
        base += 0x100;
    }
    None
}

/// Whose instruction reaches the hypervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// vmcall, 0f 01 c1
    Intel,
    /// vmmcall, 0f 01 d9
    Amd,
}

impl Vendor {
    /// Asks the processor; `cpuid` as for [`detect`](fn@detect).
    #[must_use]
    pub fn of_processor(cpuid: impl FnOnce(u32) -> [u32; 4]) -> Vendor {
        match cpuid(0)[1] {
            // "GenuineIntel", "CentaurHauls", "  Shanghai  "
            0x756e_6547 | 0x746e_6543 | 0x6853_2020 => Vendor::Intel,
            _ => Vendor::Amd,
        }
    }
}

/// The vendor as [`Detected`] knows it: 0 before the first look.
static VENDOR: AtomicU32 = AtomicU32::new(0);
const INTEL: u32 = 1;
const AMD: u32 = 2;

/// Tells [`Detected`] the vendor, so that it does not execute CPUID.
pub fn set_vendor(vendor: Vendor) {
    let number = match vendor {
        Vendor::Intel => INTEL,
        Vendor::Amd => AMD,
    };
    VENDOR.store(number, Ordering::Relaxed);
}

#[cold]
#[inline(never)]
fn find_vendor() -> u32 {
    set_vendor(Vendor::of_processor(cpuid));
    VENDOR.load(Ordering::Relaxed)
}

#[inline(always)]
fn vendor_number() -> u32 {
    match VENDOR.load(Ordering::Relaxed) {
        0 => find_vendor(),
        known => known,
    }
}

/// The vendor that [`Detected`] goes by: as set by [`set_vendor`], or else as CPUID tells.
#[must_use]
pub fn vendor() -> Vendor {
    if vendor_number() == INTEL {
        Vendor::Intel
    } else {
        Vendor::Amd
    }
}

// ---- transfers ----

crate::transfer! {
    /// The instruction of Intel's processors.
    pub unsafe struct Vmcall {
        asm: ["vmcall"],
        operands: [],
        options: [nostack, preserves_flags],
    }
}

crate::transfer! {
    /// The instruction of AMD's processors.
    pub unsafe struct Vmmcall {
        asm: ["vmmcall"],
        operands: [],
        options: [nostack, preserves_flags],
    }
}

crate::transfer! {
    /// The instruction of the processor that runs, by a test at each call. CPUID is executed at the first
    /// one, unless [`set_vendor`] came before.
    pub unsafe struct Detected {
        asm: ["cmp {vendor:e}, 1", "jne 2f", "vmcall", "jmp 3f", "2:", "vmmcall", "3:"],
        operands: [vendor = in(reg) vendor_number(),],
        options: [nostack],
    }
}

crate::transfer! {
    /// vmmcall, to be rewritten at boot where the processor is Intel's: see [`patch`]. No test at run time.
    pub unsafe struct Patch {
        asm: [
            "2: vmmcall",
            ".pushsection xen_fastabi_sites,\"aR?\",@progbits",
            ".balign 4",
            ".long 2b - .",
            ".popsection",
        ],
        operands: [],
        options: [nostack, preserves_flags],
    }
}

// ---- patching ----

/// Why [`patch`] did not do all of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatchError<E> {
    /// There are no sites, as where a linker has dropped the section.
    NoSites,
    /// This site lies outside the text, or is no transfer instruction. Nothing was written.
    BadSite(*const u8),
    /// What `write` returned.
    Write(E),
}

/// The address that an entry of the section stands for, and the code there if it lies in the text.
unsafe fn code_of(
    site: *const i32,
    text: *const u8,
    text_end: *const u8,
) -> Result<*mut u8, *const u8> {
    // SAFETY: the caller's: an entry can be read.
    let distance = unsafe { site.read() };
    let code = (site as usize).wrapping_add(distance as isize as usize);
    if code < text as usize || (text_end as usize) < 3 || code > text_end as usize - 3 {
        return Err(code as *const u8);
    }
    Ok(code as *mut u8)
}

/// Gives calls by [`Patch`] the transfer instruction of this processor.
///
/// `sites` and `sites_end` are the bounds of the section `xen_fastabi_sites`, of the kernel or of one
/// module: `__start_xen_fastabi_sites` and `__stop_xen_fastabi_sites` where the linker script does not say
/// otherwise. `text` and `text_end` are the bounds of the code that the sites must lie in. `write` writes
/// one byte of code, which may be mapped read-only where it runs; it is called for the sites that have the
/// other instruction.
///
/// The sites are looked at first: if one is bad, nothing is written. It may run again.
///
/// # Errors
///
/// No sites, a bad site, or what `write` returned.
///
/// # Safety
///
/// The bounds are those of a section and of code that can be read. It runs before the first call, on one
/// processor.
pub unsafe fn patch<E>(
    sites: *const i32,
    sites_end: *const i32,
    text: *const u8,
    text_end: *const u8,
    vendor: Vendor,
    mut write: impl FnMut(*mut u8, u8) -> Result<(), E>,
) -> Result<(), PatchError<E>> {
    let byte = match vendor {
        Vendor::Intel => 0xc1,
        Vendor::Amd => 0xd9,
    };
    let count = (sites_end as usize).saturating_sub(sites as usize) / 4;
    if count == 0 {
        return Err(PatchError::NoSites);
    }
    for i in 0..count {
        // SAFETY: entry and code lie within the bounds, which the caller vouches for.
        unsafe {
            let code = code_of(sites.add(i), text, text_end).map_err(PatchError::BadSite)?;
            let found = [
                code.read_volatile(),
                code.add(1).read_volatile(),
                code.add(2).read_volatile(),
            ];
            if !matches!(found, [0x0f, 0x01, 0xc1 | 0xd9]) {
                return Err(PatchError::BadSite(code));
            }
        }
    }
    for i in 0..count {
        // SAFETY: as above.
        unsafe {
            let code = code_of(sites.add(i), text, text_end)
                .map_err(PatchError::BadSite)?
                .add(2);
            if code.read_volatile() != byte {
                write(code, byte).map_err(PatchError::Write)?;
            }
        }
    }
    Ok(())
}
