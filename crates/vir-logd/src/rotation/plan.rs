//! How much of what there is to write goes into the file, and what is renamed when it is full.
//!
//! Numbers only: nothing is opened, read or written here.

/// How far before a file's end a line's end is looked for, so that lines are not cut in two.
const NEAR_THE_END: usize = 80;

/// What to do with the first of the bytes that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// How many go into the file.
    pub bytes: usize,
    /// The file is full then: the next go into another.
    pub full: bool,
}

/// What goes into a file that has `written` bytes and may have `size`; 0 is no limit.
pub fn portion(size: u64, written: u64, data: &[u8]) -> Portion {
    if size == 0 {
        return Portion { bytes: data.len(), full: false };
    }
    // somebody else may have made it larger than it should be
    let Some(room) = size.checked_sub(written) else { return Portion { bytes: 0, full: true } };
    let room = match usize::try_from(room) {
        Ok(room) if room < data.len() => room,
        _ => return Portion { bytes: data.len(), full: false },
    };
    let near = room.saturating_sub(NEAR_THE_END);
    let line_end = data[near..room].iter().rposition(|byte| *byte == b'\n');
    Portion { bytes: line_end.map_or(room, |at| near + at + 1), full: true }
}

/// One file takes the place of another; `None` is the newest, a number how often it was set aside before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// From there.
    pub from: Option<usize>,
    /// To there; what was there is gone.
    pub to: usize,
}

/// The renames that make room for a new file, in their order. Without backups there are none, and
/// the file itself goes.
pub fn moves(backups: usize) -> impl Iterator<Item = Move> {
    (0..backups).rev().map(|to| Move { from: to.checked_sub(1), to })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(size: u64, written: u64, data: &[u8]) -> (usize, bool) {
        let Portion { bytes, full } = portion(size, written, data);
        (bytes, full)
    }

    #[test]
    fn as_much_as_fits() {
        assert_eq!(cut(0, 1 << 40, b"all"), (3, false));
        assert_eq!(cut(10, 7, b"abc"), (3, false), "full to the last byte, which nobody minds yet");
        assert_eq!(cut(10, 10, b"abc"), (0, true));
        assert_eq!(cut(10, 11, b"abc"), (0, true));
        assert_eq!(cut(10, 8, b"abc"), (2, true));
        assert_eq!(cut(10, 0, b""), (0, false));
    }

    #[test]
    fn lines_are_kept_together_where_one_ends_nearby() {
        assert_eq!(cut(10, 0, b"abc\ndef\nghijk"), (8, true));
        assert_eq!(cut(10, 0, b"abcdefghi\nk"), (10, true));
        let mut far = vec![b'x'; 300];
        far[119] = b'\n';
        assert_eq!(cut(200, 0, &far), (200, true), "81 bytes before the end");
        far[120] = b'\n';
        assert_eq!(cut(200, 0, &far), (121, true), "80 bytes before the end");
    }

    #[test]
    fn the_oldest_goes_first() {
        let all: Vec<Move> = moves(3).collect();
        let wanted = [(Some(1), 2), (Some(0), 1), (None, 0)].map(|(from, to)| Move { from, to });
        assert_eq!(all, wanted);
        assert_eq!(moves(0).count(), 0);
    }
}
