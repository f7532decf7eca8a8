"""The tags of scalable targets, which moto lacks. Its module takes seconds to import."""

from __future__ import annotations

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_aws.patching import Patch


def install(patch: Patch) -> None:
    """Keep the tags with the scalable targets."""
    moto_register = ApplicationAutoScalingResponse.register_scalable_target

    def register_scalable_target(response: ApplicationAutoScalingResponse) -> str:
        body = moto_register(response)
        arn = json.loads(body)["ScalableTargetARN"]
        if tags := response._get_param("Tags"):
            _tags(response)[arn] = dict(tags)
        return body

    patch(ApplicationAutoScalingResponse, "register_scalable_target", register_scalable_target)
    patch(ApplicationAutoScalingResponse, "list_tags_for_resource", _list_tags)
    patch(ApplicationAutoScalingResponse, "tag_resource", _tag)
    patch(ApplicationAutoScalingResponse, "untag_resource", _untag)


def _tags(response: ApplicationAutoScalingResponse) -> dict[str, dict[str, str]]:
    """Return the tags of all targets by ARN. They go with the backend when it is reset."""
    tags: dict[str, dict[str, str]] = vars(response.applicationautoscaling_backend).setdefault(
        "local_tags", {}
    )
    return tags


def _list_tags(response: ApplicationAutoScalingResponse) -> str:
    """Answer ListTagsForResource."""
    return json.dumps({"Tags": _tags(response).get(response._get_param("ResourceARN"), {})})


def _tag(response: ApplicationAutoScalingResponse) -> str:
    """Answer TagResource."""
    tags = _tags(response).setdefault(response._get_param("ResourceARN"), {})
    tags.update(response._get_param("Tags"))
    return "{}"


def _untag(response: ApplicationAutoScalingResponse) -> str:
    """Answer UntagResource."""
    tags = _tags(response).get(response._get_param("ResourceARN"), {})
    for key in response._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"
