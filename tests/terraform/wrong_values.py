"""Values that are refused: variables, and the message they are due or the end of it."""

from __future__ import annotations

from typing import Any

ROLE = "arn:aws:iam::123456789012:role"
KEY = "arn:aws:kms:us-east-1:123456789012"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer"
DISTRIBUTED = {"diva_mode": "distributed"}

CASES: list[tuple[dict[str, Any], str]] = [
    # The function
    (
        {"lambda_name": "a b"},
        'A function\'s name has 1 to 64 letters, digits, hyphens or underscores; this is "a b".',
    ),
    ({"lambda_name": "n" * 65}, f'hyphens or underscores; this is "{"n" * 65}".'),
    (
        {"lambda_role_arn": "diva"},
        'A role\'s ARN is arn:<partition>:iam::<account>:role/<name>; this is "diva".',
    ),
    (
        {"lambda_role_arn": f"{ROLE}s/diva"},
        f'arn:<partition>:iam::<account>:role/<name>; this is "{ROLE}s/diva".',
    ),
    (
        {"diva_mode": "both"},
        'The mode is monolithic or distributed; this is "both".',
    ),
    (
        {**DISTRIBUTED, "worker_role": "alert"},
        'A worker\'s role is detect or inject, or null; this is "alert".',
    ),
    (
        {"worker_role": "detect"},
        "Workers share their events in distributed mode only: with diva_mode"
        ' "monolithic" leave worker_role out.',
    ),
    (
        {"max_workers": 0},
        "There is at least one worker, and a whole number of them; this is 0.",
    ),
    ({"max_workers": 2.5}, "and a whole number of them; this is 2.5."),
    (
        {"event_timeout_sec": 0},
        "A callback needs more than 0 seconds, or null for no limit; this is 0.",
    ),
    (
        {"maintenance_windows": [{"start": "9:00", "duration_min": 5}]},
        'A window starts at a time such as 22:30; found "9:00".',
    ),
    (
        {"maintenance_windows": [{"start": "09:00", "duration_min": 10081}]},
        "A window lasts a whole number of minutes from 1 to 10080, which is a week; found 10081.",
    ),
    (
        {"maintenance_windows": [{"start": "09:00", "duration_min": 5, "days": ["Monday"]}]},
        'Days are Mon, Tue, Wed, Thu, Fri, Sat and Sun; found "Monday".',
    ),
    (
        {"lambda_memory_mb": 127},
        "A function has 128 to 10240 MB of memory, a whole number; this is 127.",
    ),
    ({"lambda_memory_mb": 10241}, "10240 MB of memory, a whole number; this is 10241."),
    ({"lambda_memory_mb": 128.5}, "10240 MB of memory, a whole number; this is 128.5."),
    (
        {"lambda_timeout_sec": 0},
        "A function may run for 1 to 900 seconds, a whole number; this is 0.",
    ),
    ({"lambda_timeout_sec": 901}, "900 seconds, a whole number; this is 901."),
    ({"lambda_timeout_sec": 1.5}, "900 seconds, a whole number; this is 1.5."),
    (
        {"lambda_runtime": "python3.9"},
        'The runtime is one of python3.10 to python3.14; this is "python3.9".',
    ),
    ({"lambda_runtime": "3.13"}, 'one of python3.10 to python3.14; this is "3.13".'),
    (
        {"lambda_architecture": "aarch64"},
        'The architecture is arm64 or x86_64; this is "aarch64".',
    ),
    (
        {"lambda_layers": [f"{LAYER}:tools:{number}" for number in range(6)]},
        "A function has five layers at most; these are 6.",
    ),
    (
        {"lambda_layers": [f"{LAYER}:tools:1", f"{LAYER}:tools"]},
        "A layer's ARN ends with its version,"
        " arn:<partition>:lambda:<region>:<account>:layer:<name>:<version>; found"
        f' "{LAYER}:tools".',
    ),
    (
        {"lambda_vpc_config": {"subnet_ids": [], "security_group_ids": ["sg-1"]}},
        "A function in a VPC needs at least one subnet and one security group; these are 0 and 1.",
    ),
    (
        {"lambda_vpc_config": {"subnet_ids": ["subnet-1"], "security_group_ids": []}},
        "one subnet and one security group; these are 1 and 0.",
    ),
    (
        {"environment_variables": {"GOOD": "1", "DIVA_MODE": "x", "DIVA_X": "y"}},
        "Names that begin with DIVA_ are the engine's own: DIVA_MODE, DIVA_X. Choose other names.",
    ),
    (
        {"environment_variables": {"GOOD": "1", "AWS_REGION": "x", "LAMBDA_TASK_ROOT": "y"}},
        "Lambda reserves these environment variables and sets them itself: AWS_REGION,"
        " LAMBDA_TASK_ROOT. Choose other names.",
    ),
    (
        {"environment_variables": {"GOOD": "1", "BAD-NAME": "x"}},
        "Names of environment variables begin with a letter and go on with letters, digits and"
        ' underscores; found "BAD-NAME".',
    ),
    (
        {"reserved_concurrent_executions": -2},
        "Reserved concurrency is a whole number from 0, or null for no limit; this is -2.",
    ),
    # The schedule
    (
        {"schedule_expression": "every 5 minutes"},
        'A schedule is rate(...) or cron(...), such as rate(5 minutes); this is "every 5 minutes".',
    ),
    (
        {"schedule_expression": "rate(5 minute)"},
        "A rate is a whole number from 1 and a unit, singular for 1 and plural above, such as"
        ' rate(1 minute) or rate(5 minutes); this is "rate(5 minute)".',
    ),
    (
        {"schedule_expression": "rate(1 hours)"},
        'such as rate(1 minute) or rate(5 minutes); this is "rate(1 hours)".',
    ),
    (
        {"schedule_expression": "rate(0 minutes)"},
        'such as rate(1 minute) or rate(5 minutes); this is "rate(0 minutes)".',
    ),
    (
        {"schedule_expression": "rate(30 seconds)"},
        'such as rate(1 minute) or rate(5 minutes); this is "rate(30 seconds)".',
    ),
    (
        {"schedule_expression": "cron(0 8 * * ?)"},
        "A cron expression has six fields (minutes, hours, day of month, month, day of week,"
        ' year), such as cron(0 8 ? * MON-FRI *); this is "cron(0 8 * * ?)".',
    ),
    (
        {"schedule_expression": "cron(0 8 * * * *)"},
        'One of day of month and day of week says when, the other is "?", as in'
        ' cron(0 8 ? * MON-FRI *); this is "cron(0 8 * * * *)".',
    ),
    (
        {"schedule_expression": "cron(0 8 ? * ? *)"},
        'as in cron(0 8 ? * MON-FRI *); this is "cron(0 8 ? * ? *)".',
    ),
    # State
    (
        {"s3_bucket_name": "State_Bucket"},
        "A bucket's name has 3 to 63 lower case letters, digits, dots or hyphens; this is"
        ' "State_Bucket".',
    ),
    (
        {**DISTRIBUTED, "s3_bucket_name": "state-bucket"},
        "State is in a bucket in monolithic mode only: with diva_mode"
        ' "distributed" leave s3_bucket_name out, or give dynamodb_table_name.',
    ),
    (
        {**DISTRIBUTED, "dynamodb_table_name": "arn:aws:dynamodb:table"},
        "A table's name, not its ARN, has 3 to 255 letters, digits, underscores, dots or hyphens;"
        ' this is "arn:aws:dynamodb:table".',
    ),
    (
        {"dynamodb_table_name": "state-table"},
        "State is in a table in distributed mode only: with diva_mode"
        ' "monolithic" leave dynamodb_table_name out, or give s3_bucket_name.',
    ),
    (
        {"state_key": "/state.json"},
        "A state key is a path of letters, digits and !_.'()- between slashes, with none at its"
        ' ends; this is "/state.json".',
    ),
    ({"state_key": "state/*"}, 'with none at its ends; this is "state/*".'),
    (
        {**DISTRIBUTED, "state_key": "state.json"},
        'A state key names an object in a bucket: with diva_mode "distributed" leave state_key'
        " out.",
    ),
    (
        {"state_version_retention_days": 0},
        "Old versions are kept for a whole number of days from 1, or null for ever; this is 0.",
    ),
    (
        {"kms_key_arn": f"{KEY}:alias/state"},
        "A KMS key's ARN is arn:<partition>:kms:<region>:<account>:key/<id>, not an id or an"
        f' alias; this is "{KEY}:alias/state".',
    ),
    # Logs
    (
        {"lambda_log_level": "debug"},
        'The log level is one of DEBUG, INFO, WARNING, ERROR, CRITICAL; this is "debug".',
    ),
    ({"lambda_log_format": "json"}, 'The log format is Text or JSON; this is "json".'),
    (
        {"log_retention_days": 100},
        "3288, 3653 days (0: for ever); this is 100.",
    ),
    ({"log_kms_key_arn": "logs"}, 'not an id or an alias; this is "logs".'),
    # Watching the watcher
    (
        {"alarm_actions": ["alerts"]},
        'An alarm\'s actions are ARNs, arn:<partition>:<service>:...; found "alerts".',
    ),
    (
        {"alarm_actions": [f"arn:aws:sns:us-east-1:123456789012:{name}" for name in "abcdef"]},
        "An alarm has five actions at most; these are 6.",
    ),
    (
        {"dead_letter_arn": "arn:aws:sqs:us-east-1:123456789012:letters.fifo"},
        "Dead letters go to an SQS queue without .fifo,"
        " arn:<partition>:sqs:<region>:<account>:<name>;"
        ' this is "arn:aws:sqs:us-east-1:123456789012:letters.fifo".',
    ),
    (
        {"dead_letter_arn": "arn:aws:sns:us-east-1:123456789012:letters"},
        'this is "arn:aws:sns:us-east-1:123456789012:letters".',
    ),
    # The package
    (
        {"event_logic_path": "../event_logic.txt"},
        'The event logic is a Python file, whose name ends in .py; this is "../event_logic.txt".',
    ),
    (
        {"event_logic_path": "../no_logic.py"},
        'There is no file "../no_logic.py", which the package of case takes as event_logic.py.',
    ),
    (
        {"extra_source_paths": ["../no_folder/"]},
        'There is no file "../no_folder/", which the package of case takes as no_folder.',
    ),
    (
        {"extra_source_paths": ["../a/common.py", "../b/common.py"]},
        "Extra sources need different names, since all go to the root of the package; found"
        " common.py, common.py.",
    ),
    (
        {"extra_source_paths": ["../lambda/diva"]},
        'The package has a diva and an event_logic already; rename "../lambda/diva".',
    ),
    (
        {"extra_source_paths": ["../a/event_logic.py"]},
        'and an event_logic already; rename "../a/event_logic.py".',
    ),
    (
        {"extra_source_paths": [".."]},
        "An extra source goes into the package under its own name, so that name begins with a"
        ' letter, a digit or an underscore; found "..".',
    ),
    (
        {"requirements_path": "../no_requirements.txt"},
        'There is no requirements file "../no_requirements.txt" for case.',
    ),
    (
        {"package_path": "../no_package.zip"},
        'There is no package "../no_package.zip" for case.',
    ),
    (
        {"package_path": "../given.zip", "requirements_path": "../requirements.txt"},
        "Nothing is installed into a finished package: requirements_path is for packages built"
        " here, without package_path.",
    ),
    (
        {"package_path": "../given.zip", "extra_source_paths": ["../extra.py"]},
        "Nothing is added to a finished package: extra_source_paths are for packages built here,"
        " without package_path.",
    ),
    (
        {"package_s3_bucket": "Packages"},
        'lower case letters, digits, dots or hyphens; this is "Packages".',
    ),
]


UNUSABLE_NAMES = ["../b.py", "/a.py", "c//d.py", "e/./f.py", "g\\h.py", "i/"]

# Of modules/lambda-function, what a function of DIVA has no variable for.
FUNCTION = {
    "function_name": "case",
    "role_arn": f"{ROLE}/case",
    "handler": "event_logic.get_events",
    "sources": {"event_logic.py": "../event_logic.py"},
}
FUNCTION_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"handler": "get_events"},
        'A handler is <module>.<function>, such as main.handler; this is "get_events".',
    ),
    (
        {"maximum_retry_attempts": 3},
        "Lambda repeats a failed run 0, 1 or 2 times; this is 3.",
    ),
    (
        {"handler": "main.handler"},
        "The handler main.handler of case is in main.py, and the package has no such file.",
    ),
    (
        {"sources": {}, "source_dir": "../nothing"},
        'There is no folder "../nothing" with files for the package of case.',
    ),
    (
        {"provisioned_concurrent_executions": 0},
        "Provisioned concurrency is a whole number from 1, or null for none; this is 0.",
    ),
    (
        {"provisioned_concurrent_executions": 3, "reserved_concurrent_executions": 2},
        "No more runs can be provisioned than are reserved: 3 of 2.",
    ),
    (
        {"dead_letter_arn": "arn:aws:s3:::letters"},
        "Dead letters go to an SQS queue or SNS topic without .fifo, arn:<partition>:<sqs or"
        ' sns>:<region>:<account>:<name>; this is "arn:aws:s3:::letters".',
    ),
    (
        {"alert_strategy": "at once"},
        'The strategy is immediate or threshold; this is "at once".',
    ),
    (
        {"error_rate_threshold": 100},
        "The alarm goes off above a percentage from 0 to less than 100; this is 100.",
    ),
    (
        {"error_rate_eval_periods": 0},
        "An alarm looks at 1 to 1440 minutes, a whole number; this is 0.",
    ),
    (
        {"error_rate_eval_periods": 3, "error_rate_datapoints_to_alarm": 4},
        "Of 3 minutes, 1 to 3 can raise the alarm, a whole number; this is 4.",
    ),
    (
        {"duration_threshold_percent": 100},
        "The duration is held against more than 0 and less than 100 % of the timeout, or null for"
        " no alarm; this is 100.",
    ),
    (
        {"memory_utilization_threshold_percent": 0},
        "The memory in use is held against more than 0 and less than 100 % of the function's, or"
        " null for no alarm; this is 0.",
    ),
    (
        {"missing_runs_sec": 60},
        "CloudWatch can tell a silence of 120 to 604800 seconds, or null for no alarm; this is 60.",
    ),
    (
        {"sources": {}},
        "Either package_path names a finished package, or source_dir, source_roots and sources say"
        " what goes into one; given is none of them.",
    ),
    (
        {"package_path": "../given.zip"},
        "Either package_path names a finished package, or source_dir, source_roots and sources say"
        " what goes into one; given are both.",
    ),
    (
        {"source_roots": {"../diva": "../lambda/diva", "good/name": "../lambda/diva"}},
        'are relative, with forward slashes, and stay inside; found "../diva".',
    ),
    (
        {
            "sources": dict.fromkeys(["event_logic.py", "diva/state.py"], "../event_logic.py"),
            "source_roots": {"diva": "../lambda/diva"},
        },
        "The package of case takes diva/state.py from several places: ../event_logic.py,"
        " ../lambda/diva/state.py. Leave all but one of them out.",
    ),
    (
        {"sources": dict.fromkeys(["good.py", *UNUSABLE_NAMES], "../event_logic.py")},
        "Names inside the package are relative, with forward slashes, and stay inside; found"
        ' "../b.py", "/a.py", "c//d.py", "e/./f.py", "g\\h.py", "i/".',
    ),
]

# Of modules/monitored-lambda: its own, and one of each variable that it hands on.
MONITORED = {
    "function_name": "case",
    "lambda_source_dir": "../examples/immediate-alerts/lambda",
    "alarm_emails": ["on-call@example.com"],
}
TOPIC = "arn:aws:sns:us-east-1:123456789012"
MONITORED_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"alarm_emails": []},
        "Somebody has to be told: alarm_emails needs at least one address.",
    ),
    (
        {"alarm_emails": ["on-call@example.com", "on-call", "two@at@example.com"]},
        "Alarms go to e-mail addresses such as on-call@example.com; found"
        ' "on-call", "two@at@example.com".',
    ),
    ({"python_version": "3.9"}, 'Lambda runs Python 3.10 to 3.14; this is "3.9".'),
    ({"python_version": "python3.15"}, 'Python 3.10 to 3.14; this is "python3.15".'),
    ({"python_version": "3.1"}, 'Python 3.10 to 3.14; this is "3.1".'),
    (
        {"sns_topic_name": "my alarms"},
        "A topic's name has 1 to 256 letters, digits, hyphens or underscores; this is"
        ' "my alarms".',
    ),
    (
        {"sns_topic_name": "alarms.fifo"},
        'digits, hyphens or underscores; this is "alarms.fifo".',
    ),
    (
        {"memory_utilization_threshold_percent": 90},
        "Only Lambda Insights tells how much memory a run took:"
        " memory_utilization_threshold_percent needs lambda_insights_layer_arn.",
    ),
    (
        {"lambda_subnet_ids": ["subnet-1"]},
        "A function in a VPC needs at least one subnet and one security group; these are 1 and 0.",
    ),
    (
        {"lambda_security_group_ids": ["sg-1", "sg-2"]},
        "one subnet and one security group; these are 0 and 2.",
    ),
    (
        {"alarm_topic_arns": [f"{TOPIC}:{name}" for name in "abcde"]},
        "An alarm tells five topics at most, of which one is the function's own; these are 5 more.",
    ),
    (
        {"alarm_topic_arns": [f"{TOPIC}:a", "arn:aws:sqs:us-east-1:123456789012:b"]},
        "A topic's ARN is arn:<partition>:sns:<region>:<account>:<name>; found"
        ' "arn:aws:sqs:us-east-1:123456789012:b".',
    ),
    ({"function_name": "a b"}, 'digits, hyphens or underscores; this is "a b".'),
    (
        {"handler": "handler.main"},
        "The handler handler.main of case is in handler.py, and the package has no such file.",
    ),
    (
        {"lambda_source_dir": "../nothing"},
        'There is no folder "../nothing" with files for the package of case.',
    ),
    (
        {"source_roots": {"shared": "../no_folder"}},
        'There is no folder "../no_folder" with files for the package of case.',
    ),
    (
        {"requirements_file": "../no_requirements.txt"},
        'There is no requirements file "../no_requirements.txt" for case.',
    ),
    ({"architecture": "aarch64"}, 'is arm64 or x86_64; this is "aarch64".'),
    ({"timeout": 901}, "1 to 900 seconds, a whole number; this is 901."),
    ({"memory_size": 127}, "of memory, a whole number; this is 127."),
    ({"environment_variables": {"AWS_REGION": "x"}}, "sets them itself: AWS_REGION."),
    ({"s3_bucket": "Packages"}, 'digits, dots or hyphens; this is "Packages".'),
    ({"alert_strategy": "both"}, 'is immediate or threshold; this is "both".'),
    ({"error_rate_threshold": 100}, "from 0 to less than 100; this is 100."),
    ({"error_rate_eval_periods": 1441}, "1 to 1440 minutes, a whole number; this is 1441."),
    (
        {"error_rate_eval_periods": 3, "error_rate_datapoints_to_alarm": 4},
        "1 to 3 can raise the alarm, a whole number; this is 4.",
    ),
    ({"duration_threshold_percent": 101}, "or null for no alarm; this is 101."),
    (
        {
            "memory_utilization_threshold_percent": 102,
            "lambda_insights_layer_arn": f"{LAYER}:insights:1",
        },
        "or null for no alarm; this is 102.",
    ),
    ({"lambda_insights_layer_arn": f"{LAYER}:insights"}, f'found "{LAYER}:insights".'),
    ({"cloudwatch_log_retention_days": 100}, "days (0: for ever); this is 100."),
    ({"kms_key_arn": f"{KEY}:alias/logs"}, f'not an id or an alias; this is "{KEY}:alias/logs".'),
    ({"maximum_retry_attempts": 3}, "0, 1 or 2 times; this is 3."),
    ({"dead_letter_arn": "arn:aws:s3:::letters"}, 'this is "arn:aws:s3:::letters".'),
    ({"reserved_concurrent_executions": -1}, "or null for no limit; this is -1."),
    ({"provisioned_concurrent_executions": 0}, "from 1, or null for none; this is 0."),
]
