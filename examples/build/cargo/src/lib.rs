// SPDX-License-Identifier: MIT
//! A guest that makes two hypercalls: one of its own, and an installed one.
#![no_std]
#![deny(warnings)]

/// The bindings, as build.rs made them.
pub mod fastabi {
    include!(concat!(env!("OUT_DIR"), "/fastabi.rs"));
}

use fastabi::{demo, event_channel, Errno};

/// Greets the hypervisor, if it speaks FastABI.
pub fn greet() -> Result<u64, Errno> {
    fastabi::detect(fastabi::cpuid).ok_or(Errno::ENOSYS)?;
    demo::greet(42)
}

/// Sends an event.
pub fn notify(port: u32) -> Result<u64, Errno> {
    event_channel::send(port.into())
}
