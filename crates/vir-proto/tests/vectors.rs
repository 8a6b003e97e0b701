//! Bytes computed by hand from the protocol's description, for what is easily got wrong.

use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorCode, ErrorDomain, TypedParam, Uuid};
use vir_proto::wire::*;
use vir_proto::xdr::{Decoder, Xdr, XdrError, to_bytes};

/// Words in hexadecimal, white space between them as one likes.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn both_ways<T: Xdr + PartialEq + std::fmt::Debug>(value: T, bytes: &str) {
    let bytes = hex(bytes);
    assert_eq!(to_bytes(&value).unwrap(), bytes);
    assert_eq!(Decoder::whole::<T>(&bytes).unwrap(), value);
}

fn domain() -> DomainRef {
    DomainRef { name: "test".into(), uuid: Uuid(std::array::from_fn(|i| i as u8)), id: -1 }
}

const DOMAIN: &str = "00000004 74657374 00010203 04050607 08090a0b 0c0d0e0f ffffffff";

#[test]
fn strings_are_filled_up_to_four_bytes() {
    both_ways(DomainLookupByNameArgs { name: "ab".into() }, "00000002 61620000");
    both_ways(DomainLookupByNameArgs { name: String::new() }, "00000000");
}

#[test]
fn optional_pointers_have_a_flag() {
    both_ways(ConnectOpenArgs { name: None, flags: 1 }, "00000000 00000001");
    both_ways(ConnectOpenArgs { name: Some("x".into()), flags: 0 }, "00000001 00000001 78000000 00000000");
    let bad_flag = hex("00000002 00000001 78000000 00000000");
    assert_eq!(Decoder::whole::<ConnectOpenArgs>(&bad_flag), Err(XdrError::BadValue(2)));
}

#[test]
fn unions_of_typed_parameters() {
    let params = vec![
        TypedParam::new("a", -1i32),
        TypedParam::new("b", 1u32),
        TypedParam::new("c", -2i64),
        TypedParam::new("d", 3u64),
        TypedParam::new("e", 1.5f64),
        TypedParam::new("f", true),
        TypedParam::new("g", "hi"),
    ];
    both_ways(
        DomainGetSchedulerParametersRet { params },
        "00000007
         00000001 61000000 00000001 ffffffff
         00000001 62000000 00000002 00000001
         00000001 63000000 00000003 ffffffff fffffffe
         00000001 64000000 00000004 00000000 00000003
         00000001 65000000 00000005 3ff80000 00000000
         00000001 66000000 00000006 00000001
         00000001 67000000 00000007 00000002 68690000",
    );
    let no_such_type = hex("00000001 00000001 61000000 00000008 00000000");
    assert_eq!(Decoder::whole::<DomainGetSchedulerParametersRet>(&no_such_type), Err(XdrError::BadValue(8)));
}

#[test]
fn an_event_with_a_callback_number() {
    both_ways(
        DomainEventCallbackLifecycleEvent {
            callback_id: 3,
            msg: DomainEventLifecycleMsg { dom: domain(), event: 2, detail: 0 },
        },
        &format!("00000003 {DOMAIN} 00000002 00000000"),
    );
    // the reason stands between the number and the message
    both_ways(
        DomainEventCallbackPmwakeupEvent {
            callback_id: 1,
            reason: 0,
            msg: DomainEventPmwakeupMsg { dom: domain() },
        },
        &format!("00000001 00000000 {DOMAIN}"),
    );
}

#[test]
fn an_error_with_all_its_fields() {
    let error = Error::new(ErrorDomain::Qemu, ErrorCode::NoDomain, "x");
    both_ways(
        error,
        "0000002a 0000000a
         00000001 00000013 446f6d61 696e206e 6f742066 6f756e64 3a207800
         00000002
         00000000
         00000001 00000016 446f6d61 696e206e 6f742066 6f756e64 3a202531 24730000
         00000001 00000001 78000000
         00000000
         ffffffff ffffffff
         00000000",
    );
}

#[test]
fn characters_take_four_bytes_each() {
    both_ways(AuthSaslStepArgs { nil: 0, data: vec![b'a', 0xff] }, "00000000 00000002 00000061 ffffffff");
    let info = vir_api::types::NodeGetInfoRet { model: "x86_64".into(), cpus: 4, ..Default::default() };
    let bytes = to_bytes(&info).unwrap();
    assert_eq!(bytes.len(), 32 * 4 + 8 + 6 * 4);
    assert_eq!(bytes[..8], hex("00000078 00000038")[..]);
}

#[test]
fn small_integers_take_four_bytes() {
    let info =
        vir_api::types::DomainGetInfoRet { state: 5, max_mem: 1, memory: 2, nr_virt_cpu: 65535, cpu_time: 3 };
    both_ways(info, "00000005 0000000000000001 0000000000000002 0000ffff 0000000000000003");
}

#[test]
fn opaque_bytes_and_their_limit() {
    both_ways(
        DomainPinVcpuArgs { dom: domain(), vcpu: 1, cpumap: vec![0x0f] },
        &format!("{DOMAIN} 00000001 00000001 0f000000"),
    );
    let too_many = DomainPinVcpuArgs { dom: domain(), vcpu: 0, cpumap: vec![0; 2049] };
    assert_eq!(to_bytes(&too_many), Err(XdrError::TooLong { length: 2049, max: 2048 }));
    let length_alone = hex(&format!("{DOMAIN} 00000000 ffffffff"));
    assert_eq!(
        Decoder::whole::<DomainPinVcpuArgs>(&length_alone),
        Err(XdrError::TooLong { length: u32::MAX, max: 2048 })
    );
}

#[test]
fn text_that_is_none_is_refused() {
    assert_eq!(Decoder::whole::<DomainLookupByNameArgs>(&hex("00000002 61000000")), Err(XdrError::BadText));
    assert_eq!(Decoder::whole::<DomainLookupByNameArgs>(&hex("00000001 ff000000")), Err(XdrError::BadText));
}

#[test]
fn strings_of_the_lock_program_are_shorter() {
    let args = LockCreateLockspaceArgs { path: "x".repeat(65537) };
    assert_eq!(to_bytes(&args), Err(XdrError::TooLong { length: 65537, max: 65536 }));
}
