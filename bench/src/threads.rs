//! How many threads a bench is run with: a list such as `1,2,4,all`.

/// More than this are no number of threads that anybody has asked for on purpose.
const MOST: usize = 1024;

/// Returns the numbers of threads that are taken where none are asked for: doubled up to the number
/// of cores, and then twice as many threads as cores, which have to take turns.
pub fn usual(cores: usize) -> Vec<usize> {
    let (all, twice) = (cores.min(MOST), (2 * cores).min(MOST));
    parse(&format!("1,...,{all},{twice}"), cores).expect("it is such a list")
}

/// Reads a list of numbers of threads, in any order: `all` is the number of cores, and `...` goes
/// on by doubling from the number before it to the one after it.
///
/// ```
/// assert_eq!(bench::threads::parse("1,2,4,...,all", 16), Ok(vec![1, 2, 4, 8, 16]));
/// assert_eq!(bench::threads::parse("all,1", 6), Ok(vec![1, 6]));
/// assert!(bench::threads::parse("0", 2).is_err());
/// ```
///
/// # Errors
/// What is wrong with it, and what would be right.
pub fn parse(list: &str, cores: usize) -> Result<Vec<usize>, String> {
    let (mut numbers, mut doubles) = (Vec::new(), false);
    for word in list.split(',').map(str::trim) {
        if matches!(word, "..." | "…") {
            if numbers.is_empty() || doubles {
                return Err(format!("'{word}' stands between two numbers, as in 1,...,all"));
            }
            doubles = true;
            continue;
        }
        let number = if word == "all" { Some(cores) } else { word.parse().ok() };
        let number = number.filter(|number| (1..=MOST).contains(number)).ok_or_else(|| {
            format!(
                "'{word}' is no number of threads: give numbers from 1 to {MOST}, or all, with \
                 commas between them, as in 1,2,4,all"
            )
        })?;
        if std::mem::take(&mut doubles) {
            let last = *numbers.last().expect("one is before the dots");
            numbers.extend(
                std::iter::successors(Some(2 * last), |number| Some(2 * number))
                    .take_while(|between| *between < number),
            );
        }
        numbers.push(number);
    }
    if doubles {
        return Err("'...' stands between two numbers, as in 1,...,all".into());
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::{parse, usual};

    #[test]
    fn the_usual_numbers_go_up_to_twice_the_cores() {
        assert_eq!(usual(1), [1, 2]);
        assert_eq!(usual(2), [1, 2, 4]);
        assert_eq!(usual(6), [1, 2, 4, 6, 12]);
        assert_eq!(usual(2000).last(), Some(&1024));
    }

    #[test]
    fn a_list_is_sorted_and_has_no_number_twice() {
        assert_eq!(parse("all, 4,1 ,2,2", 4), Ok(vec![1, 2, 4]));
        assert_eq!(parse("3,…,20", 4), Ok(vec![3, 6, 12, 20]));
        assert_eq!(parse("8,...,2", 4), Ok(vec![2, 8]));
    }

    #[test]
    fn what_is_no_list_is_told_what_would_be_one() {
        for wrong in ["", "0", "-1", "1,,2", "two", "1025", "1;2", "1,2,", "99999999999999999999"] {
            let told = parse(wrong, 2).expect_err(wrong);
            assert!(told.contains("from 1 to 1024, or all"), "{told}");
        }
        for wrong in ["...", "...,2", "1,...", "1,...,...,4"] {
            let told = parse(wrong, 2).expect_err(wrong);
            assert!(told.contains("between two numbers"), "{told}");
        }
    }
}
