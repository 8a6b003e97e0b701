//! `virDomainGetCPUStats`: parameters that repeat for each processor, and three questions in one call.

use vir_base::TypedParam;

/// What the client gets of a driver's parameters, and the number beside it.
///
/// For no processors that number says how many the host has (the driver gives one parameter for each);
/// for no parameters, how many there are for one processor; else how many are given for each.
pub(crate) fn cpu_stats(list: Vec<TypedParam>, nparams: u32, ncpus: u32) -> (Vec<TypedParam>, i32) {
    let number = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    if ncpus == 0 {
        return (vec![], number(list.len()));
    }
    let Some(first) = list.first() else { return (vec![], 0) };
    // the names of the first processor's parameters come again for the second
    let again = list.iter().skip(1).position(|param| param.field == first.field);
    let each = again.map_or(list.len(), |at| at + 1);
    if nparams == 0 {
        return (vec![], number(each));
    }
    let given = each.min(usize::try_from(nparams).unwrap_or(usize::MAX));
    let params = list.chunks(each).flat_map(|cpu| cpu.iter().take(given).cloned()).collect();
    (params, number(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_its_answer() {
        let param = |name: &str| TypedParam::new(name, 1u64);
        let two = || ["cpu_time", "vcpu_time", "cpu_time", "vcpu_time"].map(param).to_vec();
        let ask = |list, nparams, ncpus| {
            let (params, number) = cpu_stats(list, nparams, ncpus);
            (params.len(), number)
        };
        assert_eq!(ask(vec![param("cpu_time"), param("cpu_time")], 0, 0), (0, 2));
        assert_eq!(ask(two(), 0, 2), (0, 2));
        assert_eq!(ask(two(), 2, 2), (4, 2));
        assert_eq!(ask(two(), 1, 2), (2, 1));
        assert_eq!(ask(two()[..2].to_vec(), 5, 1), (2, 2));
        assert_eq!(ask(vec![], 2, 1), (0, 0));
    }
}
