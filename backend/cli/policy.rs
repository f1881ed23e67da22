//! `blastmap policy`.

use crate::{
    args::{Policy, PolicyFormat},
    output,
};

pub(crate) fn run(args: &Policy) -> anyhow::Result<()> {
    output::print(&match args.format {
        PolicyFormat::Json => blastmap_aws::policy_json(),
        PolicyFormat::Terraform => blastmap_aws::policy_terraform(),
    })
}
