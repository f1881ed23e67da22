//! What a task takes of a container instance, what an instance has left, and how often the one goes into the other.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>

use std::collections::BTreeSet;

use blastmap_model::kinds::{
    ecs_container_instance::HostResource,
    ecs_task_definition::{ContainerDefinition, EcsTaskDefinition},
};

/// More than any instance has.
pub(crate) const PLENTY: i64 = i64::MAX / 8;

/// What one task takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// CPU units.
    pub(crate) cpu: i64,
    /// MiB.
    pub(crate) memory: i64,
    pub(crate) gpus: i64,
    /// One for tasks with an address of their own.
    pub(crate) interfaces: i64,
    pub(crate) tcp: BTreeSet<i32>,
    pub(crate) udp: BTreeSet<i32>,
}

/// An amount of which bounds are known: both the same, where it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) least: i64,
    pub(crate) most: i64,
}

impl Amount {
    pub(crate) const UNKNOWN: Self = Self {
        least: 0,
        most: PLENTY,
    };
    pub(crate) const PLENTY: Self = Self {
        least: PLENTY,
        most: PLENTY,
    };

    pub(crate) fn of(amount: i64) -> Self {
        Self {
            least: amount,
            most: amount,
        }
    }

    fn add(&mut self, amount: i64) {
        self.least = self.least.saturating_add(amount).min(PLENTY);
        self.most = self.most.saturating_add(amount).min(PLENTY);
    }
}

/// What an instance has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Free {
    pub(crate) cpu: Amount,
    pub(crate) memory: Amount,
    pub(crate) gpus: Amount,
    pub(crate) interfaces: Amount,
    /// Ports that are taken.
    pub(crate) tcp: BTreeSet<i32>,
    pub(crate) udp: BTreeSet<i32>,
}

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Cpu,
    Memory,
    Ports,
    Gpu,
    Interfaces,
}

impl Dimension {
    pub(crate) const ALL: [Self; 5] = [
        Self::Cpu,
        Self::Memory,
        Self::Ports,
        Self::Gpu,
        Self::Interfaces,
    ];

    /// AWS's name for the failure.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Failure.html>
    pub(crate) fn aws_error(self) -> &'static str {
        match self {
            Self::Cpu => "RESOURCE:CPU",
            Self::Memory => "RESOURCE:MEMORY",
            Self::Ports => "RESOURCE:PORTS",
            Self::Gpu => "RESOURCE:GPU",
            Self::Interfaces => "RESOURCE:ENI",
        }
    }
}

/// How many tasks fit: at least, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    pub(crate) sure: usize,
    pub(crate) maybe: usize,
}

impl Count {
    pub(crate) fn of(count: usize) -> Self {
        Self {
            sure: count,
            maybe: count,
        }
    }

    pub(crate) fn at_most(self, bound: usize) -> Self {
        Self {
            sure: self.sure.min(bound),
            maybe: self.maybe.min(bound),
        }
    }

    fn least_of(self, other: Self) -> Self {
        Self {
            sure: self.sure.min(other.sure),
            maybe: self.maybe.min(other.maybe),
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            sure: self.sure.saturating_add(other.sure),
            maybe: self.maybe.saturating_add(other.maybe),
        }
    }

    pub(crate) fn times(self, factor: usize) -> Self {
        Self {
            sure: self.sure.saturating_mul(factor),
            maybe: self.maybe.saturating_mul(factor),
        }
    }
}

impl Size {
    /// Of a task on a container instance: what the task says, else what its containers say together.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>
    pub(crate) fn of(definition: &EcsTaskDefinition) -> Self {
        let containers = &definition.container_definitions;
        let sum = |of: fn(&ContainerDefinition) -> i64| -> i64 {
            containers
                .iter()
                .fold(0_i64, |sum, own| sum.saturating_add(of(own).max(0)))
        };
        let mode = definition.network_mode.as_deref();
        let mut size = Self {
            cpu: amount(definition.cpu.as_deref()).unwrap_or_else(|| sum(|own| i64::from(own.cpu))),
            memory: amount(definition.memory.as_deref()).unwrap_or_else(|| {
                sum(|own| i64::from(own.memory_reservation.or(own.memory).unwrap_or_default()))
            }),
            gpus: sum(gpus_of),
            interfaces: i64::from(mode == Some("awsvpc")),
            ..Self::default()
        };
        if matches!(mode, Some("awsvpc" | "none")) {
            return size;
        }
        for mapping in containers.iter().flat_map(|own| &own.port_mappings) {
            // In host mode the container's port is the host's; otherwise none or 0 asks for any that is free.
            let port = match mapping.host_port {
                Some(0) | None if mode == Some("host") => mapping.container_port,
                port => port,
            };
            if let Some(port) = port.filter(|port| *port != 0) {
                match mapping.protocol.as_deref() {
                    Some("udp") => size.udp.insert(port),
                    _ => size.tcp.insert(port),
                };
            }
        }
        size
    }

    /// With what a task was started with instead.
    pub(crate) fn overridden(mut self, cpu: Option<&str>, memory: Option<&str>) -> Self {
        self.cpu = amount(cpu).unwrap_or(self.cpu);
        self.memory = amount(memory).unwrap_or(self.memory);
        self
    }

    /// How many units of this a task takes; none for ports.
    pub(crate) fn of_dimension(&self, dimension: Dimension) -> Option<i64> {
        match dimension {
            Dimension::Cpu => Some(self.cpu),
            Dimension::Memory => Some(self.memory),
            Dimension::Gpu => Some(self.gpus),
            Dimension::Interfaces => Some(self.interfaces),
            Dimension::Ports => None,
        }
    }
}

fn gpus_of(container: &ContainerDefinition) -> i64 {
    let own = container.resource_requirements.iter();
    own.filter(|own| own.r#type == "GPU")
        .filter_map(|own| own.value.parse::<i64>().ok())
        .fold(0, i64::saturating_add)
}

/// `512`; `.5 vCPU` and `1 GB` as people write them before AWS turns them into numbers.
fn amount(text: Option<&str>) -> Option<i64> {
    let text = text?.trim();
    let digits = text.find(|next: char| !next.is_ascii_digit() && next != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    match unit.trim().to_ascii_lowercase().as_str() {
        "" => number.parse().ok(),
        "vcpu" | "gb" => thousandths(number).map(|amount| amount.saturating_mul(1024) / 1000),
        _ => None,
    }
}

/// A decimal number in thousandths.
fn thousandths(number: &str) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.checked_mul(1000)?.checked_add(part.parse().ok()?)
}

impl Free {
    /// What is reported of an instance's resources; `interfaces` is not among them.
    pub(crate) fn of(resources: &[HostResource], interfaces: Amount) -> Self {
        let named = |name: &str| {
            let mut own = resources.iter();
            own.find(|own| own.name.as_deref() == Some(name))
        };
        let integer = |name: &str| {
            let value = named(name).and_then(|own| own.integer_value);
            value.map_or(Amount::UNKNOWN, |value| Amount::of(i64::from(value)))
        };
        let set =
            |name: &str| -> &[String] { named(name).map_or(&[], |own| &own.string_set_value) };
        let ports = |name: &str| {
            set(name)
                .iter()
                .filter_map(|port| port.parse().ok())
                .collect()
        };
        Self {
            cpu: integer("CPU"),
            memory: integer("MEMORY"),
            // Instances without any do not report them.
            gpus: Amount::of(i64::try_from(set("GPU").len()).unwrap_or(PLENTY)),
            interfaces,
            tcp: ports("PORTS"),
            udp: ports("PORTS_UDP"),
        }
    }

    /// As if a task of this size had stopped.
    #[must_use]
    pub(crate) fn without(mut self, task: &Size) -> Self {
        self.cpu.add(task.cpu);
        self.memory.add(task.memory);
        self.gpus.add(task.gpus);
        self.interfaces.add(task.interfaces);
        self.tcp.retain(|port| !task.tcp.contains(port));
        self.udp.retain(|port| !task.udp.contains(port));
        self
    }

    /// As if a task had stopped of which nobody knows the size.
    #[must_use]
    pub(crate) fn without_some(mut self) -> Self {
        for amount in [
            &mut self.cpu,
            &mut self.memory,
            &mut self.gpus,
            &mut self.interfaces,
        ] {
            amount.most = PLENTY;
        }
        self
    }

    /// With this many tasks of this size more.
    pub(crate) fn put(&mut self, task: &Size, count: usize) {
        let count = i64::try_from(count).unwrap_or(PLENTY);
        self.cpu.add(-task.cpu.saturating_mul(count));
        self.memory.add(-task.memory.saturating_mul(count));
        self.gpus.add(-task.gpus.saturating_mul(count));
        self.interfaces.add(-task.interfaces.saturating_mul(count));
        self.tcp.extend(&task.tcp);
        self.udp.extend(&task.udp);
    }

    /// How many tasks of this size fit as far as this goes.
    pub(crate) fn holds_by(&self, dimension: Dimension, task: &Size) -> Count {
        let (amount, need) = match dimension {
            Dimension::Cpu => (self.cpu, task.cpu),
            Dimension::Memory => (self.memory, task.memory),
            Dimension::Gpu => (self.gpus, task.gpus),
            Dimension::Interfaces => (self.interfaces, task.interfaces),
            Dimension::Ports => {
                let none = task.tcp.is_empty() && task.udp.is_empty();
                let free = self.tcp.is_disjoint(&task.tcp) && self.udp.is_disjoint(&task.udp);
                return Count::of(if none { usize::MAX } else { usize::from(free) });
            }
        };
        if need <= 0 {
            return Count::of(usize::MAX);
        }
        let times = |amount: i64| usize::try_from((amount / need).max(0)).unwrap_or(usize::MAX);
        Count {
            sure: times(amount.least),
            maybe: times(amount.most),
        }
    }

    /// How many tasks of this size fit, but for what `ignoring` bounds.
    pub(crate) fn holds(&self, task: &Size, ignoring: Option<Dimension>) -> Count {
        let dimensions = Dimension::ALL.into_iter();
        dimensions
            .filter(|dimension| Some(*dimension) != ignoring)
            .map(|dimension| self.holds_by(dimension, task))
            .fold(Count::of(usize::MAX), Count::least_of)
    }

    /// The most that may be left of this; none for ports.
    pub(crate) fn most(&self, dimension: Dimension) -> Option<i64> {
        match dimension {
            Dimension::Cpu => Some(self.cpu.most),
            Dimension::Memory => Some(self.memory.most),
            Dimension::Gpu => Some(self.gpus.most),
            Dimension::Interfaces => Some(self.interfaces.most),
            Dimension::Ports => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn size(definition: serde_json::Value) -> Size {
        Size::of(&serde_json::from_value(definition).unwrap())
    }

    fn tcp(size: &Size) -> Vec<i32> {
        size.tcp.iter().copied().collect()
    }

    #[test]
    fn the_task_says_or_its_containers_together() {
        let containers = json!([
            {"cpu": 256, "memory": 512, "memoryReservation": 128, "portMappings": [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81}]},
            {"cpu": 100, "memory": 64, "resourceRequirements": [{"type": "GPU", "value": "2"}, {"type": "InferenceAccelerator", "value": "7"}],
             "portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}]},
        ]);
        // Mode; task's cpu and memory; what is taken of cpu, memory, GPUs, interfaces, TCP and UDP ports.
        let cases = [
            (json!(null), None, (356, 192, 2, 0, vec![8080], 1)),
            (
                json!("bridge"),
                Some(("512", "1024")),
                (512, 1024, 2, 0, vec![8080], 1),
            ),
            (json!("host"), None, (356, 192, 2, 0, vec![81, 8080], 1)),
            (
                json!("awsvpc"),
                Some((".5 vCPU", "1 GB")),
                (512, 1024, 2, 1, vec![], 0),
            ),
            (
                json!("none"),
                Some(("1 vcpu", "0.5GB")),
                (1024, 512, 2, 0, vec![], 0),
            ),
            (
                json!("none"),
                Some(("much", "4 sacks")),
                (356, 192, 2, 0, vec![], 0),
            ),
        ];
        for (mode, task, (cpu, memory, gpus, interfaces, ports, udp)) in cases {
            let own = size(json!({
                "networkMode": mode, "cpu": task.map(|task| task.0), "memory": task.map(|task| task.1), "containerDefinitions": containers,
            }));
            let taken = (
                own.cpu,
                own.memory,
                own.gpus,
                own.interfaces,
                tcp(&own),
                own.udp.len(),
            );
            assert_eq!(
                taken,
                (cpu, memory, gpus, interfaces, ports, udp),
                "{mode} {task:?}"
            );
        }
    }

    fn free(cpu: i32, memory: i32, ports: &[&str]) -> Free {
        let resources = json!([
            {"name": "CPU", "integerValue": cpu}, {"name": "MEMORY", "integerValue": memory}, {"name": "PORTS", "stringSetValue": ports},
        ]);
        Free::of(
            &serde_json::from_value::<Vec<HostResource>>(resources).unwrap(),
            Amount::of(2),
        )
    }

    #[test]
    fn the_scarcest_decides() {
        let task = |cpu, memory, gpus, interfaces, tcp: &[i32]| Size {
            cpu,
            memory,
            gpus,
            interfaces,
            tcp: tcp.iter().copied().collect(),
            udp: BTreeSet::new(),
        };
        let cases = [
            (free(4096, 8192, &["22"]), task(2048, 1024, 0, 0, &[]), 2),
            (free(4096, 8192, &["22"]), task(2560, 1024, 0, 0, &[]), 1),
            (free(4096, 1000, &["22"]), task(0, 1024, 0, 0, &[]), 0),
            (free(4096, 8192, &["22"]), task(1, 1, 0, 1, &[]), 2),
            (free(4096, 8192, &["22"]), task(1, 1, 0, 0, &[80]), 1),
            (free(4096, 8192, &["80"]), task(1, 1, 0, 0, &[80]), 0),
            (free(4096, 8192, &["80"]), task(1, 1, 1, 0, &[]), 0),
            (free(-5, 8192, &[]), task(1, 1, 0, 0, &[]), 0),
        ];
        for (free, task, expected) in cases {
            assert_eq!(
                free.holds(&task, None),
                Count::of(expected),
                "{free:?} {task:?}"
            );
        }
    }

    #[test]
    fn what_is_not_reported_may_or_may_not_do() {
        let unreported = Free::of(&[], Amount::UNKNOWN);
        let task = Size {
            cpu: 1024,
            ..Size::default()
        };
        assert_eq!(unreported.holds(&task, None).sure, 0);
        assert!(unreported.holds(&task, None).maybe > 1000);
        assert_eq!(unreported.without(&task).holds(&task, None).sure, 1);
        assert_eq!(free(0, 0, &[]).without_some().holds(&task, None).sure, 0);
        assert!(free(0, 0, &[]).without_some().holds(&task, None).maybe > 0);
    }

    #[test]
    fn a_task_gives_back_what_it_takes() {
        let task = Size {
            cpu: 10,
            memory: 20,
            gpus: 0,
            interfaces: 1,
            tcp: [80].into(),
            udp: BTreeSet::new(),
        };
        let before = free(100, 100, &["22"]);
        let mut after = before.clone();
        after.put(&task, 1);
        assert_eq!(after.holds_by(Dimension::Ports, &task), Count::of(0));
        assert_eq!(after.without(&task), before);
    }
}
