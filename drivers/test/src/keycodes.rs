//! Which key codes exist in each of the sets of `virKeycodeSet`.

/// Names of the sets, by their numbers, with the codes that some key has, as ranges with both ends.
/// 0 stands for a key that has no code in the set, and is accepted.
#[rustfmt::skip]
const SETS: &[(&str, &[(u32, u32)])] = &[
    ("linux", &[(0, 0x109), (0x110, 0x117), (0x120, 0x12b), (0x12f, 0x13e), (0x140, 0x147), (0x14a, 0x151),
        (0x160, 0x1b7), (0x1c0, 0x1c3), (0x1d0, 0x1e4), (0x1f1, 0x1fa), (0x200, 0x20c)]),
    ("xt", &[(0, 95), (99, 109), (111, 112), (115, 121), (123, 123), (125, 126), (241, 242),
        (0xe001, 0xe00c), (0xe00e, 0xe010), (0xe012, 0xe029), (0xe02b, 0xe036), (0xe038, 0xe05f),
        (0xe063, 0xe06d), (0xe06f, 0xe079), (0xe07b, 0xe07b), (0xe07d, 0xe07d)]),
    ("atset1", &[(0, 95), (99, 109), (111, 112), (115, 121), (123, 123), (125, 126), (241, 242),
        (0xe001, 0xe00c), (0xe00e, 0xe010), (0xe012, 0xe029), (0xe02b, 0xe036), (0xe038, 0xe05f),
        (0xe063, 0xe06d), (0xe06f, 0xe079), (0xe07b, 0xe07b), (0xe07d, 0xe07d)]),
    ("atset2", &[(0, 1), (3, 7), (9, 15), (17, 22), (26, 30), (33, 39), (41, 47), (49, 55), (58, 63),
        (65, 70), (73, 78), (81, 82), (84, 85), (88, 91), (93, 93), (95, 95), (97, 100), (102, 103),
        (105, 109), (112, 127), (131, 131), (241, 242), (0xe010, 0xe012), (0xe014, 0xe015),
        (0xe018, 0xe018), (0xe01f, 0xe021), (0xe023, 0xe023), (0xe027, 0xe028), (0xe02b, 0xe02b),
        (0xe02f, 0xe030), (0xe032, 0xe032), (0xe034, 0xe034), (0xe037, 0xe038), (0xe03a, 0xe03b),
        (0xe03f, 0xe040), (0xe048, 0xe048), (0xe04a, 0xe04a), (0xe04d, 0xe04d), (0xe050, 0xe050),
        (0xe05a, 0xe05a), (0xe05e, 0xe05e), (0xe069, 0xe069), (0xe06b, 0xe06c), (0xe06f, 0xe072),
        (0xe074, 0xe075), (0xe077, 0xe077), (0xe079, 0xe07a), (0xe07d, 0xe07d)]),
    ("atset3", &[(0, 0), (7, 63), (65, 71), (73, 79), (82, 82), (84, 103), (105, 118), (121, 122),
        (124, 131), (133, 135), (139, 142), (145, 145), (147, 152), (154, 163)]),
    ("os_x", &[(0, 51), (53, 65), (67, 67), (69, 69), (71, 76), (78, 107), (109, 111), (113, 126),
        (255, 255)]),
    ("xt_kbd", &[(0, 83), (86, 92), (94, 105), (107, 115), (118, 118), (121, 121), (123, 123), (125, 125)]),
    ("usb", &[(0, 0), (4, 129), (133, 133), (135, 140), (144, 148), (182, 183), (224, 251)]),
    ("win32", &[(0, 2), (4, 6), (8, 9), (13, 13), (16, 22), (25, 29), (32, 42), (44, 57), (65, 93),
        (95, 135), (144, 145), (160, 180), (186, 192), (219, 222), (226, 226), (242, 242), (250, 251)]),
    ("qnum", &[(0, 95), (99, 109), (111, 112), (115, 121), (123, 123), (125, 126), (129, 140), (142, 144),
        (146, 169), (171, 182), (184, 223), (227, 237), (239, 249), (251, 251), (253, 253)]),
];

/// The name of a set.
pub(crate) fn set_name(set: u32) -> Option<&'static str> {
    find(set).map(|(name, _)| *name)
}

/// True if a key has the code `code` in the set.
pub(crate) fn exists(set: u32, code: u32) -> bool {
    find(set).is_some_and(|(_, ranges)| ranges.iter().any(|(first, last)| (*first..=*last).contains(&code)))
}

fn find(set: u32) -> Option<&'static (&'static str, &'static [(u32, u32)])> {
    SETS.get(usize::try_from(set).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_codes() {
        assert_eq!(set_name(0), Some("linux"));
        assert!(exists(0, 28) && exists(9, 0x9c) && exists(7, 4));
        assert!(!exists(0, 0xffff) && !exists(7, 1) && !exists(10, 1));
    }
}
