"""Reads CloudFormation templates."""

import yaml

# Fn:: names, but for these two.
BARE = {"Ref", "Condition"}


class Loader(yaml.SafeLoader):
    """Knows the short forms of functions."""


def function(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in BARE else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", function)


def load(path):
    return yaml.load(path.read_text(), Loader)  # the loader is a safe one


def of_type(template, kind):
    return [own for own in template["Resources"].values() if own["Type"] == kind]
