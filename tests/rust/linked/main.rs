// SPDX-License-Identifier: MIT
// Two crates with different transfers, and the default one, in one program; detection and patching run here.

use std::sync::Mutex;

use linked_amd::up as up_amd;
use linked_intel::up as up_intel;
use xen_fastabi::{detect, patch, set_vendor, vendor, Errno, PatchError, Vendor};

fn leaf(base: u32, features: u32) -> impl FnMut(u32) -> [u32; 4] {
    move |at| match at {
        _ if at == base => [base + 4, 0x566e_6558, 0x6558_4d4d, 0x4d4d_566e],
        _ if at == base + 4 => [features, 0, 0, 0],
        _ => [0x4000_0005, 0x7263_694d, 0x666f_736f, 0x7648_2074],
    }
}

fn test_detect() {
    assert_eq!(detect(leaf(0x4000_0000, 1 << 7)), Some(0x4000_0000));
    assert_eq!(detect(leaf(0x4000_0100, !0)), Some(0x4000_0100));
    assert_eq!(detect(leaf(0x4000_ff00, 1 << 7)), Some(0x4000_ff00));
    assert_eq!(detect(leaf(0x4000_0100, !(1 << 7))), None);
    assert_eq!(detect(leaf(0x4001_0000, !0)), None);
    for (name, expected) in [(0x756e_6547, Vendor::Intel), (0x746e_6543, Vendor::Intel), (0x6853_2020, Vendor::Intel),
                             (0x6874_7541, Vendor::Amd), (0x6f67_7948, Vendor::Amd)] {
        assert_eq!(Vendor::of_processor(|at| if at == 0 { [0, name, 0, 0] } else { [0; 4] }), expected);
    }
    let found = vendor();
    assert_eq!(found, Vendor::of_processor(xen_fastabi::cpuid));
    set_vendor(Vendor::Amd);
    assert_eq!(vendor(), Vendor::Amd);
    set_vendor(found);
}

fn test_errno() {
    assert_eq!(Errno(-2), Errno::ENOENT);
    assert_eq!(Errno::ENOSYS.to_string(), "ENOSYS");
    assert_eq!(Errno(-4000).to_string(), "error -4000");
    assert!(matches!(Err::<u64, _>(Errno(-22)), Err(Errno::EINVAL)));
}

// A table of sites over code of our own: two instructions, and bytes between them.
#[repr(C)]
struct Text {
    sites: [i32; 2],
    code: [u8; 12],
}

fn test_patch() {
    static WRITES: Mutex<u32> = Mutex::new(0);
    let mut text = Text { sites: [8 + 1, 4 + 8], code: [0x90, 0x0f, 0x01, 0xd9, 0x90, 0x90, 0x90, 0x90, 0x0f, 0x01, 0xd9, 0x90] };
    let run = |text: &mut Text, from: usize, to: usize, vendor: Vendor, result: Result<(), u8>| {
        let code = text.code.as_mut_ptr();
        *WRITES.lock().unwrap() = 0;
        let sites = text.sites.as_ptr();
        let patched = unsafe {
            patch(sites, sites.add(2), code.add(from), code.add(to), vendor, |at: *mut u8, byte| {
                *WRITES.lock().unwrap() += 1;
                if result.is_ok() {
                    *at = byte;
                }
                result
            })
        };
        (patched, *WRITES.lock().unwrap())
    };
    assert_eq!(run(&mut text, 0, 12, Vendor::Amd, Ok(())), (Ok(()), 0));
    assert_eq!(run(&mut text, 0, 12, Vendor::Intel, Ok(())), (Ok(()), 2));
    assert_eq!((text.code[3], text.code[10]), (0xc1, 0xc1));
    assert_eq!(run(&mut text, 0, 12, Vendor::Amd, Err(5)), (Err(PatchError::Write(5)), 1));
    for (from, to) in [(0, 10), (2, 12), (0, 0)] {
        let (result, writes) = run(&mut text, from, to, Vendor::Amd, Ok(()));
        assert!(matches!(result, Err(PatchError::BadSite(_))) && writes == 0);
    }
    let sites = text.sites.as_ptr();
    let none = unsafe { patch(sites, sites, sites.cast(), sites.cast(), Vendor::Amd, |_, _| Err(5)) };
    assert_eq!(none, Err(PatchError::NoSites));
    text.code[10] = 0xc8;
    assert!(matches!(run(&mut text, 0, 12, Vendor::Amd, Ok(())), (Err(PatchError::BadSite(_)), 0)));
    assert_eq!(text.code[3], 0xc1);
}

fn main() {
    test_detect();
    test_errno();
    test_patch();
    // Never called: there is no hypervisor. The test looks at what is linked.
    if std::env::args().count() > 1000 {
        println!("{:?} {:?} {:?}", up_intel(1), up_amd(1), linked_intel::up_by_default(1));
    }
    println!("linked");
}
