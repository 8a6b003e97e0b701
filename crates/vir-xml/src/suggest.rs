//! Did you mean: the nearest known name for a misspelt one.

/// The known name that is nearest to `name`, if one is near: fewer than about a third of its
/// characters differ.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    // long names are no misspellings, and distances cost the product of the lengths
    if name.len() > 40 {
        return None;
    }
    let (best, distance) = known.iter().map(|k| (*k, distance(name, k))).min_by_key(|(_, d)| *d)?;
    (distance > 0 && distance <= (name.len().max(best.len()) / 3).max(1)).then_some(best)
}

/// Insertions, deletions, changes and swaps of neighbours that make one of the other, without regard
/// to case.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase().into_bytes(), b.to_ascii_lowercase().into_bytes());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_near_names_are_offered() {
        let known = ["memory", "currentMemory", "vcpu", "devices"];
        assert_eq!(nearest("memroy", &known), Some("memory"));
        assert_eq!(nearest("device", &known), Some("devices"));
        assert_eq!(nearest("Memory", &known), None);
        assert_eq!(nearest("banana", &known), None);
    }
}
