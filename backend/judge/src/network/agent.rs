//! Who pulls images, reads secrets and writes logs for a task, and from where.

use blastmap_graph::Overlay;

use crate::{Host, Launch, Seat, launch::seat_of_instance};

/// On Fargate the task's own interface; on instances the agent and Docker, with the instance's, whatever the network mode.
/// None where the hosts are outside AWS or not known.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html>
pub fn seats(overlay: &Overlay<'_>, launch: &Launch) -> Vec<Seat> {
    match launch.host {
        Host::Fargate => launch.seats(overlay),
        Host::External => Vec::new(),
        Host::Ec2 => {
            let instances = launch.instances(overlay).into_iter();
            let active = instances.filter(|(_, facts)| facts.status.as_deref() == Some("ACTIVE"));
            let mut seats: Vec<Seat> = active
                .filter_map(|(place, _)| seat_of_instance(overlay, place))
                .collect();
            seats.sort();
            seats.dedup();
            seats
        }
    }
}
