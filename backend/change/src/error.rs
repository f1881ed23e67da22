//! Why an input is refused. Each says what it is, and what to give instead.

/// An input that is no change.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("the change is empty")]
    Empty,
    #[error(
        "this is Terraform's binary plan file: give the output of `terraform show -json PLAN` (or `tofu show -json PLAN`) instead"
    )]
    BinaryPlan,
    #[error(
        "this is a Terraform state, which says what is, not what changes: give the output of `terraform show -json PLAN` instead"
    )]
    TerraformState,
    #[error(
        "this is Terraform configuration: give the output of `terraform show -json PLAN` instead"
    )]
    TerraformConfiguration,
    #[error(
        "this is a CloudFormation template: make a change set of it and give the output of `aws cloudformation describe-change-set --include-property-values` instead"
    )]
    Template,
    #[error(
        "this is a list of change sets or stacks: give the output of `aws cloudformation describe-change-set --include-property-values` instead"
    )]
    NotAChangeSet,
    #[error("this is compressed: unpack it first")]
    Compressed,
    #[error(
        "this is encoded in UTF-16 (PowerShell's `>` writes so): give it as UTF-8, for example with `| Out-File -Encoding utf8`"
    )]
    Utf16,
    #[error("this is neither text in UTF-8 nor a format that blastmap knows")]
    NotText,
    #[error("this is JSON that is cut short: its end is missing")]
    CutShort,
    #[error("this is JSON nested deeper than any change: more than 127 levels")]
    TooDeep,
    #[error(
        "this is not JSON: give the output of `terraform show -json PLAN`, a CloudFormation change set or a task definition"
    )]
    NotJson {
        #[source]
        source: serde_json::Error,
    },
    #[error(
        "this is JSON, but no change that blastmap knows: give the output of `terraform show -json PLAN`, of `aws cloudformation describe-change-set`, the input of `aws ecs register-task-definition`, or `{{\"resources\": [...]}}`"
    )]
    UnknownFormat,
    /// What is wrong, and where.
    #[error("{format}: {problem}")]
    Malformed {
        /// What it was taken for: `Terraform plan`.
        format: &'static str,
        problem: String,
    },
}

impl ChangeError {
    /// Something in the input is not as its format says.
    pub(crate) fn malformed(format: &'static str, problem: impl Into<String>) -> Self {
        Self::Malformed {
            format,
            problem: problem.into(),
        }
    }
}
