//! What Fargate offers.

/// A task's CPU units: `1024`, `1 vCPU`, `.25 vcpu`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size>
pub fn cpu_units(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix("vcpu") {
        Some(number) => thousandfold(number.trim()),
        None => text.parse().ok(),
    }
}

/// A task's memory in MiB: `2048`, `2 GB`, `0.5GB`.
pub fn memory_mib(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix("gb") {
        Some(number) => thousandfold(number.trim()),
        None => text.parse().ok(),
    }
}

/// 1024 times a number with up to ten places, where that is a whole number.
fn thousandfold(number: &str) -> Option<u32> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(part.len()).ok()?);
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let part: u64 = if part.is_empty() {
        0
    } else {
        part.parse().ok()?
    };
    let all = whole
        .checked_mul(scale)?
        .checked_add(part)?
        .checked_mul(1024)?;
    (all % scale == 0).then(|| u32::try_from(all / scale).ok())?
}

/// Whether Fargate has tasks of this size; with the sizes of memory that go with the CPU, for people.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
pub fn has_size(cpu: u32, memory: u32, windows: bool) -> Result<(), String> {
    const GIB: u32 = 1024;
    // CPU units; memory from, to, in steps of; whether Windows has it.
    const SIZES: [(u32, u32, u32, u32, bool); 7] = [
        (256, 512, 2 * GIB, 512, false),
        (512, GIB, 4 * GIB, GIB, false),
        (1024, 2 * GIB, 8 * GIB, GIB, true),
        (2048, 4 * GIB, 16 * GIB, GIB, true),
        (4096, 8 * GIB, 30 * GIB, GIB, true),
        (8192, 16 * GIB, 60 * GIB, 4 * GIB, false),
        (16384, 32 * GIB, 120 * GIB, 8 * GIB, false),
    ];
    let Some((_, from, to, step, _)) = SIZES
        .iter()
        .find(|(own, .., on_windows)| *own == cpu && (!windows || *on_windows))
    else {
        let system = if windows { " for Windows" } else { "" };
        return Err(format!("Fargate has no tasks of {cpu} CPU units{system}"));
    };
    // A quarter of a vCPU has no size of 1.5 GB.
    let gap = cpu == 256 && memory == 3 * 512;
    if (*from..=*to).contains(&memory) && memory.is_multiple_of(*step) && !gap {
        Ok(())
    } else {
        Err(format!(
            "Fargate gives {cpu} CPU units between {from} and {to} MiB of memory in steps of {step} MiB, not {memory} MiB"
        ))
    }
}

/// Whether a platform version is older than 1.4.0 of Linux. None is the latest.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html>
pub fn is_before_1_4(version: Option<&str>) -> bool {
    let Some(version) = version else { return false };
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (1, 4),
        _ => false,
    }
}

/// Whether Fargate is offered in a zone, by its id: in all but those of the regions of which AWS lists the zones.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html>
pub fn has_zone(zone: &str) -> bool {
    const ONLY: [(&str, &[&str]); 3] = [
        ("usw1-", &["usw1-az1", "usw1-az3"]),
        ("apne1-", &["apne1-az1", "apne1-az2", "apne1-az4"]),
        ("cnn1-", &["cnn1-az1", "cnn1-az2"]),
    ];
    let listed = ONLY.iter().find(|(region, _)| zone.starts_with(region));
    listed.is_none_or(|(_, zones)| zones.contains(&zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_listed_for_some_regions() {
        let cases = [
            ("euw1-az3", true),
            ("use1-az3", true),
            ("usw1-az1", true),
            ("usw1-az2", false),
            ("apne1-az3", false),
            ("apne1-az4", true),
            ("", true),
        ];
        for (zone, expected) in cases {
            assert_eq!(has_zone(zone), expected, "{zone}");
        }
    }

    #[test]
    fn sizes_are_pairs() {
        let cases = [
            ("256", "512", false, true),
            ("256", "1024", false, true),
            ("256", "1536", false, false),
            ("256", "2048", false, true),
            ("256", "4096", false, false),
            (".25 vCPU", "0.5 GB", false, true),
            ("1 vCPU", "2GB", false, true),
            ("512", "512", false, false),
            ("1024", "8192", false, true),
            ("1024", "2560", false, false),
            ("4096", "30720", false, true),
            ("8192", "16384", false, true),
            ("8192", "17408", false, false),
            ("16384", "122880", false, true),
            ("768", "2048", false, false),
            ("512", "1024", true, false),
            ("1024", "2048", true, true),
        ];
        for (cpu, memory, windows, valid) in cases {
            let (units, mib) = (cpu_units(cpu).unwrap(), memory_mib(memory).unwrap());
            assert_eq!(
                has_size(units, mib, windows).is_ok(),
                valid,
                "{cpu} {memory}"
            );
        }
        for text in ["", ".", "one", "1.2.3 vCPU", "99999999999999 vCPU", "-1"] {
            assert_eq!(cpu_units(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_numbers() {
        let cases = [
            (None, false),
            (Some("LATEST"), false),
            (Some("1.4.0"), false),
            (Some("1.3.0"), true),
            (Some("1.10.0"), false),
            (Some("x"), false),
        ];
        for (version, before) in cases {
            assert_eq!(is_before_1_4(version), before, "{version:?}");
        }
    }
}
