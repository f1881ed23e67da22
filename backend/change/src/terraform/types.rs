//! The table of Terraform's types: what each is to the graph. A new type is a row here, and what the row names.

use super::{
    data, dhcp_options, ecs, iam, launching, load_balancing,
    mapping::Mapping::{self, Part, Whole},
    messaging, network, network_acls, network_edges, rolling, scaling, scheduling, security_groups,
    storage, traffic,
};

/// What a type is; none for what is not judged.
pub(super) fn of(type_name: &str) -> Option<Mapping> {
    TYPES
        .iter()
        .find(|(name, _)| *name == type_name)
        .map(|(_, mapping)| *mapping)
}

#[rustfmt::skip]
const TYPES: &[(&str, Mapping)] = &[
    ("aws_iam_role", Whole(&iam::ROLE)),
    ("aws_iam_role_policy", Part(&iam::INLINE)),
    ("aws_iam_role_policy_attachment", Part(&iam::ATTACHMENT)),
    ("aws_iam_policy_attachment", Part(&iam::ATTACHMENTS)),
    ("aws_iam_role_policies_exclusive", Part(&iam::ONLY_INLINE)),
    ("aws_iam_role_policy_attachments_exclusive", Part(&iam::ONLY_ATTACHED)),
    ("aws_iam_policy", Whole(&iam::POLICY)),
    ("aws_iam_instance_profile", Whole(&iam::INSTANCE_PROFILE)),

    ("aws_ecs_cluster", Whole(&ecs::CLUSTER)),
    ("aws_ecs_cluster_capacity_providers", Part(&ecs::CLUSTER_CAPACITY)),
    ("aws_ecs_capacity_provider", Whole(&ecs::CAPACITY_PROVIDER)),
    ("aws_ecs_service", Whole(&ecs::SERVICE)),
    ("aws_ecs_task_definition", Whole(&ecs::TASK_DEFINITION)),
    ("aws_ecs_task_set", Whole(&ecs::TASK_SET)),
    ("aws_codedeploy_deployment_group", Whole(&rolling::DEPLOYMENT_GROUP)),

    ("aws_lb", Whole(&load_balancing::LOAD_BALANCER)),
    ("aws_alb", Whole(&load_balancing::LOAD_BALANCER)),
    ("aws_lb_listener", Whole(&load_balancing::LISTENER)),
    ("aws_alb_listener", Whole(&load_balancing::LISTENER)),
    ("aws_lb_listener_certificate", Part(&load_balancing::CERTIFICATE)),
    ("aws_alb_listener_certificate", Part(&load_balancing::CERTIFICATE)),
    ("aws_lb_listener_rule", Whole(&load_balancing::RULE)),
    ("aws_alb_listener_rule", Whole(&load_balancing::RULE)),
    ("aws_lb_target_group", Whole(&load_balancing::TARGET_GROUP)),
    ("aws_alb_target_group", Whole(&load_balancing::TARGET_GROUP)),
    ("aws_lb_target_group_attachment", Part(&load_balancing::TARGET)),
    ("aws_alb_target_group_attachment", Part(&load_balancing::TARGET)),

    ("aws_route53_zone", Whole(&traffic::ZONE)),
    ("aws_route53_record", Whole(&traffic::RECORD)),
    ("aws_acm_certificate", Whole(&traffic::ACM_CERTIFICATE)),
    ("aws_acm_certificate_validation", Part(&traffic::ACM_VALIDATION)),
    ("aws_wafv2_web_acl", Whole(&traffic::WEB_ACL)),
    ("aws_wafv2_web_acl_association", Part(&traffic::WEB_ACL_ASSOCIATION)),
    ("aws_cloudfront_distribution", Whole(&traffic::DISTRIBUTION)),
    ("aws_apigatewayv2_vpc_link", Whole(&traffic::VPC_LINK)),
    ("aws_apigatewayv2_integration", Part(&traffic::INTEGRATION)),
    ("aws_vpclattice_target_group", Whole(&traffic::LATTICE_GROUP)),

    ("aws_cloudwatch_log_group", Whole(&data::LOG_GROUP)),
    ("aws_ssm_parameter", Whole(&data::PARAMETER)),
    ("aws_secretsmanager_secret", Whole(&data::SECRET)),
    ("aws_secretsmanager_secret_version", Part(&data::SECRET_VERSION)),
    ("aws_secretsmanager_secret_policy", Part(&data::SECRET_POLICY)),
    ("aws_kms_key", Whole(&data::KEY)),
    ("aws_kms_external_key", Whole(&data::KEY)),
    ("aws_kms_replica_key", Whole(&data::KEY)),
    ("aws_kms_replica_external_key", Whole(&data::KEY)),
    ("aws_kms_alias", Part(&data::ALIAS)),
    ("aws_kms_key_policy", Part(&data::KEY_POLICY)),
    ("aws_ecr_repository", Whole(&data::REPOSITORY)),
    ("aws_ecr_repository_policy", Part(&data::REPOSITORY_POLICY)),
    ("aws_ecr_pull_through_cache_rule", Whole(&data::PULL_THROUGH_CACHE_RULE)),
    ("aws_ecr_lifecycle_policy", Part(&data::LIFECYCLE_POLICY)),
    ("aws_sqs_queue", Whole(&data::QUEUE)),
    ("aws_sqs_queue_policy", Part(&data::QUEUE_POLICY)),
    ("aws_sqs_queue_redrive_policy", Part(&data::QUEUE_REDRIVE)),
    ("aws_dynamodb_table", Whole(&data::TABLE)),
    ("aws_lambda_function", Whole(&messaging::FUNCTION)),
    ("aws_lambda_event_source_mapping", Part(&messaging::EVENT_SOURCE)),
    ("aws_sns_topic", Whole(&messaging::TOPIC)),
    ("aws_sns_topic_subscription", Part(&messaging::SUBSCRIPTION)),
    ("aws_sfn_state_machine", Whole(&messaging::STATE_MACHINE)),
    ("aws_kinesis_stream", Whole(&data::STREAM)),
    ("aws_kinesis_firehose_delivery_stream", Whole(&data::DELIVERY_STREAM)),
    ("aws_s3_bucket", Whole(&data::BUCKET)),
    ("aws_s3_bucket_policy", Part(&data::BUCKET_POLICY)),
    ("aws_s3_object", Part(&data::OBJECT)),
    ("aws_s3_bucket_object", Part(&data::OBJECT)),

    ("aws_vpc", Whole(&network::VPC)),
    ("aws_vpc_dhcp_options", Whole(&dhcp_options::OPTIONS)),
    ("aws_vpc_dhcp_options_association", Part(&dhcp_options::ASSOCIATION)),
    ("aws_subnet", Whole(&network::SUBNET)),
    ("aws_route_table", Whole(&network::ROUTE_TABLE)),
    ("aws_default_route_table", Whole(&network::DEFAULT_ROUTE_TABLE)),
    ("aws_route", Part(&network::ROUTE)),
    ("aws_route_table_association", Part(&network::ASSOCIATION)),
    ("aws_main_route_table_association", Part(&network::MAIN_ASSOCIATION)),
    ("aws_nat_gateway", Whole(&network::NAT_GATEWAY)),
    ("aws_internet_gateway", Whole(&network::INTERNET_GATEWAY)),
    ("aws_internet_gateway_attachment", Part(&network::GATEWAY_ATTACHMENT)),
    ("aws_vpc_endpoint", Whole(&network::ENDPOINT)),
    ("aws_vpc_endpoint_policy", Part(&network::ENDPOINT_POLICY)),
    ("aws_vpc_endpoint_private_dns", Part(&network::ENDPOINT_DNS)),
    ("aws_vpc_endpoint_route_table_association", Part(&network::ENDPOINT_ROUTES)),
    ("aws_vpc_endpoint_subnet_association", Part(&network::ENDPOINT_SUBNET)),
    ("aws_vpc_endpoint_security_group_association", Part(&network::ENDPOINT_GROUP)),
    ("aws_network_acl", Whole(&network_acls::ACL)),
    ("aws_default_network_acl", Whole(&network_acls::DEFAULT_ACL)),
    ("aws_network_acl_rule", Part(&network_acls::RULE)),
    ("aws_network_acl_association", Part(&network_acls::ASSOCIATION)),
    ("aws_eip", Whole(&network_edges::ELASTIC_IP)),
    ("aws_ec2_managed_prefix_list", Whole(&network_edges::PREFIX_LIST)),
    ("aws_vpc_peering_connection", Whole(&network_edges::PEERING)),
    ("aws_ec2_transit_gateway", Whole(&network_edges::TRANSIT_GATEWAY)),
    ("aws_vpc_endpoint_service", Whole(&network_edges::ENDPOINT_SERVICE)),
    ("aws_network_interface", Whole(&network::INTERFACE)),
    ("aws_instance", Whole(&network::INSTANCE)),

    ("aws_security_group", Whole(&security_groups::GROUP)),
    ("aws_default_security_group", Whole(&security_groups::DEFAULT_GROUP)),
    ("aws_security_group_rule", Part(&security_groups::RULE)),
    ("aws_vpc_security_group_ingress_rule", Part(&security_groups::INGRESS)),
    ("aws_vpc_security_group_egress_rule", Part(&security_groups::EGRESS)),

    ("aws_efs_file_system", Whole(&storage::FILE_SYSTEM)),
    ("aws_efs_file_system_policy", Part(&storage::FILE_SYSTEM_POLICY)),
    ("aws_efs_access_point", Whole(&storage::ACCESS_POINT)),
    ("aws_efs_mount_target", Whole(&storage::MOUNT_TARGET)),

    ("aws_service_discovery_private_dns_namespace", Whole(&scheduling::NAMESPACE)),
    ("aws_service_discovery_public_dns_namespace", Whole(&scheduling::NAMESPACE)),
    ("aws_service_discovery_http_namespace", Whole(&scheduling::NAMESPACE)),
    ("aws_service_discovery_service", Whole(&scheduling::DISCOVERY_SERVICE)),
    ("aws_cloudwatch_event_rule", Whole(&scheduling::EVENT_RULE)),
    ("aws_cloudwatch_event_target", Part(&scheduling::EVENT_TARGET)),
    ("aws_scheduler_schedule", Whole(&scheduling::SCHEDULE)),

    ("aws_appautoscaling_target", Whole(&scaling::TARGET)),
    ("aws_appautoscaling_policy", Whole(&scaling::POLICY)),
    ("aws_appautoscaling_scheduled_action", Part(&scaling::SCHEDULED_ACTION)),
    ("aws_cloudwatch_metric_alarm", Whole(&scaling::ALARM)),
    ("aws_cloudwatch_composite_alarm", Whole(&scaling::ALARM)),
    ("aws_autoscaling_group", Whole(&scaling::GROUP)),
    ("aws_launch_template", Whole(&launching::TEMPLATE)),
];

#[cfg(test)]
mod tests {
    use blastmap_model::ResourceKind;

    use super::*;

    #[test]
    fn holds_every_type_of_the_kinds_once() {
        for kind in ResourceKind::ALL {
            for name in kind.terraform_types() {
                // Types of kinds of which nothing is read.
                if *kind == ResourceKind::AppMeshVirtualNode {
                    continue;
                }
                let mapping = of(name).unwrap_or_else(|| panic!("{name} has no row"));
                assert_eq!(mapping.kind(), *kind, "{name}");
            }
        }
        for (place, (name, _)) in TYPES.iter().enumerate() {
            assert!(
                !TYPES[..place].iter().any(|(other, _)| other == name),
                "{name}"
            );
        }
    }
}
