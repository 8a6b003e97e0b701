//! The table: medians over the rounds, how the daemons compare, and what is aimed at.

use std::fmt::Write as _;

/// One round's figures, in the order of [`FIGURES`].
pub(crate) type Measured = [f64; 12];

/// What is aimed at.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// So many times better than the C daemon.
    Times(f64),
    /// At most so much.
    Most(f64),
    /// Nothing.
    None,
}

use Goal::{Most, Times};

/// The rows: what, in which unit, whether more is better, and the goal.
pub(crate) const FIGURES: [(&str, &str, bool, Goal); 12] = [
    ("acquire, release: round trip, median", "us", false, Goal::None),
    ("  daemon's processor time a call", "us", false, Times(1.0 / 0.45)),
    ("calls a second, 64 clients", "/s", true, Times(2.2)),
    ("  daemon's processor time a call", "us", false, Times(1.0 / 0.45)),
    ("connect, register, restrict, close", "/s", true, Times(2.0)),
    ("memory, idle", "MB", false, Most(5.0)),
    ("memory, 10,000 leases", "MB", false, Most(8.0)),
    ("memory, the same after re-exec", "MB", false, Most(8.0)),
    ("cold start to the first answer", "ms", false, Most(3.0)),
    ("re-exec pause, 100 clients, no leases", "ms", false, Most(3.0)),
    ("re-exec pause, 1,000 leases", "ms", false, Most(5.0)),
    ("re-exec pause, 10,000 leases", "ms", false, Most(20.0)),
];

/// The median of each figure.
pub(crate) fn medians(rounds: &[Measured]) -> Measured {
    std::array::from_fn(|figure| {
        let mut values: Vec<f64> = rounds.iter().map(|round| round[figure]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    })
}

/// The table of all sides; ours comes first.
pub(crate) fn show(columns: &[(&str, Measured)]) -> String {
    let mut text = format!("{:<40} {:>4}", "", "");
    for (name, _) in columns {
        let _ = write!(text, " {name:>10}");
    }
    let _ = writeln!(text, "{}  goal", if columns.len() > 1 { "  better by" } else { "" });
    for (row, (what, unit, more_is_better, goal)) in FIGURES.iter().enumerate() {
        let _ = write!(text, "{what:<40} {unit:>4}");
        for (_, figures) in columns {
            let _ = write!(text, " {:>10}", number(figures[row]));
        }
        let ours = columns.first().map_or(0.0, |(_, figures)| figures[row]);
        let better = columns.get(1).map(|(_, other)| match more_is_better {
            true => ours / other[row],
            false => other[row] / ours,
        });
        if let Some(better) = better {
            let _ = write!(text, " {better:>8.1} x");
        }
        let met = match (goal, better) {
            (Most(most), _) => Some((ours <= *most, format!("at most {most:.0} {unit}"))),
            (Times(times), Some(better)) => Some((better >= *times, format!("{times:.1} x"))),
            _ => None,
        };
        if let Some((met, goal)) = met {
            let _ = write!(text, "  {goal}{}", if met { "" } else { ": MISSED" });
        }
        text.push('\n');
    }
    text
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::{medians, show};

    #[test]
    fn the_median_is_taken_of_each_figure() {
        assert_eq!(medians(&[[1.0; 12], [9.0; 12], [2.0; 12]]), [2.0; 12]);
    }

    #[test]
    fn goals_are_met_or_missed() {
        let table = show(&[("ours", [4.0; 12]), ("C", [12.0; 12])]);
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[2].ends_with("3.0 x  2.2 x"), "{table}");
        assert!(lines[3].ends_with("0.3 x  2.2 x: MISSED"), "{table}");
        assert!(lines[6].ends_with("at most 5 MB"), "{table}");
        assert!(lines[9].ends_with("at most 3 ms: MISSED"), "{table}");
    }
}
