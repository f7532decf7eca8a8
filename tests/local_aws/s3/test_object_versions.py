"""Object versions of the embedded AWS."""

from __future__ import annotations

from local_aws import LocalAws


def test_all_versions_of_a_deleted_object_can_be_deleted(aws: LocalAws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="versioned", Key="state.json")
    s3.delete_object(Bucket="versioned", Key="state.json")
    found = s3.list_object_versions(Bucket="versioned")
    versions = [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for each in (*found["Versions"], *found["DeleteMarkers"])
    ]

    s3.delete_objects(Bucket="versioned", Delete={"Objects": versions})

    assert len(versions) == 2
    s3.delete_bucket(Bucket="versioned")
