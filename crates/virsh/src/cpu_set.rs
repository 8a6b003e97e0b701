//! Sets of CPUs: bit maps with the lowest CPU in the lowest bit of the first byte, shown and read.

/// True if the CPU is in the map.
pub(crate) fn contains(map: &[u8], cpu: usize) -> bool {
    map.get(cpu / 8).is_some_and(|byte| byte >> (cpu % 8) & 1 == 1)
}

/// One letter for each of the first `count` CPUs: `y` for those in the map, `-` for the others.
pub(crate) fn letters(map: &[u8], count: usize) -> String {
    (0..count).map(|cpu| if contains(map, cpu) { 'y' } else { '-' }).collect()
}

/// The CPUs in the map as ranges: "0-2,5".
pub(crate) fn ranges(map: &[u8]) -> String {
    let cpus: Vec<usize> = (0..map.len() * 8).filter(|cpu| contains(map, *cpu)).collect();
    let runs = cpus.chunk_by(|one, next| next - one == 1);
    let texts: Vec<String> = runs
        .map(|run| match run {
            [only] => only.to_string(),
            _ => format!("{}-{}", run[0], run[run.len() - 1]),
        })
        .collect();
    texts.join(",")
}

/// Bytes that a map of so many CPUs takes.
pub(crate) fn map_length(cpus: usize) -> usize {
    cpus.div_ceil(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_shown_as_letters_and_ranges() {
        assert_eq!(letters(&[0b101], 4), "y-y-");
        assert_eq!(ranges(&[0b0010_0111, 1]), "0-2,5,8");
        assert_eq!(ranges(&[0xff, 0xff]), "0-15");
        assert_eq!(ranges(&[0]), "");
        assert_eq!(map_length(9), 2);
    }
}
