"""What AWS answers and moto does not: one small function a difference, each with the page of AWS that shows it.

    import patches
    patches.apply()     # once, before the first request
"""

DOCS = "https://docs.aws.amazon.com/"
PATCHES = []  # (what AWS does, its page, the function that teaches it to moto)


def patch(what, page):
    """Registers a function that patches moto."""

    def register(function):
        PATCHES.append((what, DOCS + page, function))
        return function

    return register


def around(owner, name):
    """Replaces a method; the replacement is given the original before its own arguments."""

    def replace(replacement):
        original = getattr(owner, name)

        def method(self, *args, **kwargs):
            return replacement(original, self, *args, **kwargs)

        setattr(owner, name, method)
        return replacement

    return replace


class Fields:
    """An object with these attributes, the form in which moto wants what it answers."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def apply():
    """Patches moto in this process. A second call does nothing."""
    if not apply.done:
        from patches import alarms, cloud_map, data, edge, edges, ecs_capacity, ecs_services, ecs_tasks, identity, load_balancers, names, network, objects  # noqa: F401
        from patches import limits  # noqa: F401  (last: around all the others)

        for _, _, function in PATCHES:
            function()
        apply.done = True


apply.done = False
