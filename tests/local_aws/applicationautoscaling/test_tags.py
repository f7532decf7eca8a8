"""The tags of scalable targets."""

from __future__ import annotations

from local_aws import LocalAws


def test_a_scalable_target_keeps_its_tags(aws: LocalAws) -> None:
    scaling = aws.client("application-autoscaling")
    arn = scaling.register_scalable_target(
        ServiceNamespace="lambda",
        ResourceId="function:subject:live",
        ScalableDimension="lambda:function:ProvisionedConcurrency",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"Owner": "team"},
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"Stage": "test"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["Owner"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"Stage": "test"}
