//! Key codes: from the sets that clients may use to QEMU's numbers.

use vir_api::constants::*;
use vir_base::{Result, bail};

/// Linux's codes from 96 on that a PC keyboard has, and QEMU's numbers: AT set 1, with 0x80 for
/// the prefix 0xe0. Below 84 both are the same.
const EXTENDED: &[(u32, u32)] = &[
    (86, 86),
    (87, 87),
    (88, 88),
    (96, 0x9c),
    (97, 0x9d),
    (98, 0xb5),
    (99, 84),
    (100, 0xb8),
    (102, 0xc7),
    (103, 0xc8),
    (104, 0xc9),
    (105, 0xcb),
    (106, 0xcd),
    (107, 0xcf),
    (108, 0xd0),
    (109, 0xd1),
    (110, 0xd2),
    (111, 0xd3),
    (113, 0xa0),
    (114, 0xae),
    (115, 0xb0),
    (116, 0xde),
    (117, 0x59),
    (119, 0xc6),
    (121, 0x7e),
    (125, 0xdb),
    (126, 0xdc),
    (127, 0xdd),
    (142, 0xdf),
    (143, 0xe3),
];

/// The names of the sets, in the order of their numbers.
const SETS: [&str; 10] =
    ["linux", "xt", "atset1", "atset2", "atset3", "os_x", "xt_kbd", "usb", "win32", "qnum"];

/// QEMU's number for a key.
///
/// # Errors
/// The set has no such key, or is one that is not translated.
pub(super) fn to_qemu(set: u32, code: u32) -> Result<u32> {
    let found = match set as i32 {
        VIR_KEYCODE_SET_QNUM => Some(code),
        VIR_KEYCODE_SET_LINUX => match code {
            1..=83 => Some(code),
            _ => EXTENDED.iter().find(|(linux, _)| *linux == code).map(|(_, qemu)| *qemu),
        },
        VIR_KEYCODE_SET_XT | VIR_KEYCODE_SET_ATSET1 => match code {
            1..=0x7f => Some(code),
            // the prefix as the high byte
            0xe001..=0xe07f => Some(code & 0x7f | 0x80),
            _ => None,
        },
        _ => None,
    };
    match (found, SETS.get(set as usize)) {
        (Some(key), _) => Ok(key),
        (None, Some(name)) => {
            bail!(Qemu, InternalError, "cannot translate keycode {code} of {name} codeset to qnum keycode")
        }
        (None, None) => bail!(Qemu, InvalidArg, "keycode set {set} is unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_keys_are_translated() {
        assert_eq!(to_qemu(0, 30).unwrap(), 30, "KEY_A");
        assert_eq!(to_qemu(0, 111).unwrap(), 0xd3, "KEY_DELETE");
        assert_eq!(to_qemu(2, 0xe01d).unwrap(), 0x9d, "right control");
        assert_eq!(to_qemu(9, 0xd3).unwrap(), 0xd3);
        let error = to_qemu(0, 600).unwrap_err();
        assert_eq!(
            error.data().str2.as_deref(),
            Some("cannot translate keycode 600 of linux codeset to qnum keycode")
        );
    }
}
