"""Reads CloudFormation templates."""

import re

import yaml

# Fn:: names, but for these two.
BARE = {"Ref", "Condition"}

# Types of parameters that are lists.
LISTS = {"CommaDelimitedList", "List<AWS::EC2::Subnet::Id>"}

NO_VALUE = {"Ref": "AWS::NoValue"}


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


def given(template, value, **parameters):
    """What a value of the template comes to with these parameters; those that name other resources stay as they are."""
    declared = template["Parameters"]

    def parameter(name):
        text = str(parameters.get(name, declared[name].get("Default", "")))
        # CloudFormation takes white space off each member.
        return [own.strip() for own in text.split(",")] if declared[name]["Type"] in LISTS else text

    def holds(name):
        return come_to(template["Conditions"][name])

    def come_to(own):
        if isinstance(own, list):
            return [one for one in map(come_to, own) if one != NO_VALUE]
        if not isinstance(own, dict):
            return own
        if len(own) == 1:
            [(function, argument)] = own.items()
            if function == "Ref":
                return parameter(argument) if argument in declared else own
            if function == "Condition" and isinstance(argument, str):
                return holds(argument)
            if function == "Fn::If":
                return come_to(argument[1] if holds(argument[0]) else argument[2])
            if function == "Fn::Equals":
                return come_to(argument[0]) == come_to(argument[1])
            if function == "Fn::Not":
                return not come_to(argument[0])
            if function == "Fn::Or":
                return any(map(come_to, argument))
            if function == "Fn::Join":
                return argument[0].join(come_to(argument[1]))
            if function == "Fn::Sub" and isinstance(argument, str):
                return re.sub(r"\$\{(\w+)\}", lambda found: parameter(found[1]) if found[1] in declared else found[0], argument)
            if function.startswith("Fn::"):
                return own
        return {key: come_to(one) for key, one in own.items() if come_to(one) != NO_VALUE}

    return come_to(value)
