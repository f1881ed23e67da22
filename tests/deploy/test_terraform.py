"""The modules are written well, and hold together: the provider, which would say so, is too large to have here."""

import re
import shutil
import subprocess

import hcl2
import pytest
from program import DEPLOY

ROOT = DEPLOY / "terraform"
MODULES = [ROOT, ROOT / "member-role", ROOT / "example"]
TERRAFORM = shutil.which("terraform")


def bare(name):
    return name.strip('"')


class Module:
    """The blocks of a folder."""

    def __init__(self, folder):
        self.files = sorted(folder.glob("*.tf"))
        self.text = "\n".join(re.sub(r"^\s*#.*$", "", path.read_text(), flags=re.M) for path in self.files)
        self.blocks = {}
        for path in self.files:
            for kind, blocks in hcl2.loads(path.read_text()).items():
                self.blocks.setdefault(kind, []).extend(blocks)

    def named(self, kind):
        """{name: block} of variables, outputs and modules."""
        return {bare(name): block for own in self.blocks.get(kind, []) for name, block in own.items() if not name.startswith("__")}

    def things(self, kind):
        """Of resources and data: {(type, name)}."""
        return {(bare(type_), bare(name)) for own in self.blocks.get(kind, []) for type_, named in own.items() if not type_.startswith("__")
                for name in named if not name.startswith("__")}

    def locals(self):
        return {bare(name) for own in self.blocks.get("locals", []) for name in own if not name.startswith("__")}

    def references(self, pattern):
        return set(re.findall(pattern, self.text))


@pytest.fixture(params=MODULES, ids=lambda folder: folder.name, scope="module")
def module(request):
    return Module(request.param)


@pytest.mark.skipif(not TERRAFORM, reason="terraform is not here")
def test_it_is_formatted():
    done = subprocess.run([TERRAFORM, "fmt", "-check", "-recursive", "-diff", ROOT], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_variables_are_declared_described_and_used(module):
    variables = module.named("variable")
    assert module.references(r"\bvar\.(\w+)") == set(variables)
    for name, block in variables.items():
        assert len(bare(block["description"])) > 5 and block["type"], name


def test_locals_are_declared_and_used(module):
    assert module.references(r"\blocal\.(\w+)") == module.locals()


def test_resources_are_declared_that_are_named(module):
    in_use = module.references(r"(?<![\w.\"])(aws_\w+)\.(\w+)")
    assert in_use <= module.things("resource")
    # `assume_role_policy = data.aws_iam_policy_document.trust.json` and the like.
    assert module.references(r"\bdata\.(\w+)\.(\w+)") == module.things("data")


def test_ids_that_are_given_are_counted(module):
    """Those that the same configuration makes are not known when it is planned: test_plan.py plans it, where the provider is here."""
    for loop in module.references(r"for_each += (.*)"):
        assert not re.search(r"\bvar\.\w+_(?:ids|arns)\b", loop), loop
    if (ROOT / "network.tf") in module.files:
        assert {("aws_subnet", "balancer"), ("aws_subnet", "task")} <= module.things("data")
        [condition] = re.findall(r"precondition \{\s+condition += (.*)", module.text)
        assert "data.aws_subnet.task[*].availability_zone" in condition and "data.aws_subnet.balancer[*].availability_zone" in condition


def test_outputs_are_described():
    for folder in MODULES[:2]:
        for name, block in Module(folder).named("output").items():
            assert len(bare(block["description"])) > 5, name


def test_the_example_gives_what_the_modules_take():
    example = Module(ROOT / "example")
    for name, block in example.named("module").items():
        module = Module((ROOT / "example" / bare(block["source"])).resolve())
        variables = module.named("variable")
        given = set(block) - {"source", "providers"} - {own for own in block if own.startswith("__")}
        needed = {own for own, variable in variables.items() if "default" not in variable}
        assert needed <= given <= set(variables), name
        assert set(re.findall(rf"\bmodule\.{name}\.(\w+)", example.text)) <= set(module.named("output"))


def test_the_readme_names_variables_and_outputs_that_are_there():
    variables = set(Module(ROOT).named("variable")) | set(Module(ROOT / "member-role").named("variable"))
    outputs = set(Module(ROOT).named("output"))
    text = (ROOT / "README.md").read_text()
    named = {name.split(" ")[0] for name in re.findall(r"`([a-z]+(?:_[a-z]+)+(?: = [^`]*)?)`", text)}
    assert named <= variables | outputs
    [call] = re.findall(r"```hcl\n(.*?)```", text, re.S)
    given = set(re.findall(r"^ +([a-z_]+) +=", call, re.M)) - {"source"}
    needed = {own for own, variable in Module(ROOT).named("variable").items() if "default" not in variable}
    assert needed <= given <= variables


def test_both_readmes_say_where_it_does_not_run():
    """The store's and the keys' names end in amazonaws.com, whatever the partition."""
    for path in [ROOT / "README.md", DEPLOY / "README.md"]:
        assert "China" in path.read_text()


def test_the_task_is_locked_down():
    text = (ROOT / "service.tf").read_text()
    for line in [r"readonlyRootFilesystem = true", r'user +(= )"65532:65532"', r"capabilities = \{ drop = \[\"ALL\"\] \}", r"desired_count += 1\b", r"deployment_maximum_percent += 100\b"]:
        assert re.search(line, text), line
    assert "INSECURE" not in Module(ROOT).text
