//! `blastmap policy`.

use blastmap_aws::Reach;

use crate::{
    args::{Policy, PolicyFormat},
    output,
};

pub(crate) fn run(args: &Policy) -> anyhow::Result<()> {
    let reach = Reach {
        every_region: args.region.iter().any(|region| region == "all"),
        organization: args.organization.clone(),
        role_arns: args.role_arn.clone(),
    };
    output::print(&match args.format {
        PolicyFormat::Json => blastmap_aws::policy_json(&reach),
        PolicyFormat::Terraform => blastmap_aws::policy_terraform(&reach),
    })
}
