//! What ECS does when the tasks of a deployment fail to start.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>

use blastmap_model::kinds::ecs_service::EcsService;

/// The circuit breaker of a service's rolling deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Without it, ECS tries for ever.
    pub enabled: bool,
    /// Goes back to the last deployment that came through.
    pub rollback: bool,
    /// Tasks that have to fail before it acts.
    pub threshold: usize,
}

/// How a service's deployments end whose tasks do not start. Only rolling deployments have a circuit breaker.
pub fn circuit_breaker(facts: &EcsService) -> Breaker {
    let configuration = facts.deployment_configuration.as_ref();
    let own = configuration.and_then(|own| own.deployment_circuit_breaker.as_ref());
    let own = own.filter(|own| own.enable && is_rolling(facts));
    let desired = usize::try_from(facts.desired_count).unwrap_or(0);
    Breaker {
        enabled: own.is_some(),
        rollback: own.is_some_and(|own| own.rollback),
        threshold: desired.div_ceil(2).clamp(3, 200),
    }
}

/// True where ECS itself moves the tasks.
pub(crate) fn is_rolling(facts: &EcsService) -> bool {
    let controller = facts.deployment_controller.as_ref();
    controller.is_none_or(|own| own.r#type.is_empty() || own.r#type == "ECS")
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::ecs_service::{
        DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController,
    };

    use super::*;

    #[test]
    fn half_of_the_tasks_within_bounds() {
        let cases = [
            (0, 3),
            (1, 3),
            (6, 3),
            (7, 4),
            (25, 13),
            (400, 200),
            (1000, 200),
            (-1, 3),
        ];
        for (desired, threshold) in cases {
            let mut facts = EcsService {
                desired_count: desired,
                ..EcsService::default()
            };
            let off = Breaker {
                enabled: false,
                rollback: false,
                threshold,
            };
            assert_eq!(circuit_breaker(&facts), off, "{desired}");
            facts.deployment_configuration = Some(DeploymentConfiguration {
                deployment_circuit_breaker: Some(DeploymentCircuitBreaker {
                    enable: true,
                    rollback: true,
                }),
                ..DeploymentConfiguration::default()
            });
            let on = Breaker {
                enabled: true,
                rollback: true,
                threshold,
            };
            assert_eq!(circuit_breaker(&facts), on, "{desired}");
            facts.deployment_controller = Some(DeploymentController {
                r#type: "CODE_DEPLOY".to_owned(),
            });
            assert_eq!(circuit_breaker(&facts), off, "{desired}");
        }
    }
}
