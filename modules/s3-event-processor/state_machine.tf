# The state machine. It receives messages, invokes the function for each, and deletes a message only
# after the function has succeeded. A message that is received and not deleted becomes visible again.
#
#   CountMessages -> AnyMessages? -> FindOldestExecution -> IsOldest?
#     -> Receive -> Process (for each: Stagger -> Invoke -> Delete) -> ReceiveAgain? -> CountCycle -> Receive ...
#
# Each state that is entered costs a state transition. Choices and counters therefore share states
# where that is possible.

locals {
  # A batch is as large as the Map state can process at once. Messages that had to wait for others
  # could become visible again before their turn.
  batch_size = min(10, var.step_functions_max_concurrency)

  # Delay of each message of a batch, in seconds.
  delays = [for index in range(local.batch_size) : index * var.stagger_sec]

  # The start offsets of the lanes divide the stagger.
  lane_offsets = [for lane in range(var.step_functions_lanes) : floor(lane * var.stagger_sec / var.step_functions_lanes)]

  # An allowance of ten seconds for starting the function, which its own timeout does not include.
  invoke_timeout_sec  = var.lambda_timeout + 10
  retry_interval_sec  = 2
  retry_backoff_total = local.retry_interval_sec * (pow(2, var.lambda_invoke_retries) - 1)

  # How long a message can be in use, from its receipt until it is deleted or given back. The last 60
  # seconds are an allowance for requests to SQS. If all of them are slow and retried, they can take
  # longer, and the message is processed twice.
  required_visibility_timeout = (
    (local.batch_size - 1) * var.stagger_sec + max(0, local.lane_offsets...)
    + (1 + var.lambda_invoke_retries) * local.invoke_timeout_sec + local.retry_backoff_total
    + 60
  )
  visibility_timeout = max(coalesce(var.sqs_visibility_timeout_seconds, 0), local.required_visibility_timeout)

  # An execution can have 25,000 history events. A task causes 5, and 3 for each retry. A message causes
  # at most: start and end of the iteration 2, Stagger 2, Invoke, Delete, Reported? 2, BatchItemFailures 2,
  # GiveBackOrBury 2, Bury, Delete or GiveBack, Reported? 2, LeftToTimeout 2. A cycle: Receive, Process 4, ReceiveAgain? 2, CountCycle 2. A lane: start and end of
  # the iteration 2, LaneDone 2. A look: CountMessages, AnyMessages? 2, FindOldestExecution, IsOldest? 2,
  # Lanes 4, AnyLaneFailed? 2, CountLook 2, WaitToLook 2. An execution: start and end 2, StartLooking 2,
  # Done 2.
  service_retries    = 2
  events_per_task    = 5 + 3 * local.service_retries
  events_per_message = 2 + 2 + (5 + 3 * var.lambda_invoke_retries) + 3 * local.events_per_task + 5 * 2
  events_per_cycle   = local.batch_size * local.events_per_message + local.events_per_task + 4 + 2 + 2
  events_per_lane    = 2 + 2
  events_of_lanes    = 25000 - 6 - local.looks * (2 * local.events_per_task + 4 * 2 + 4 + 2)
  largest_max_cycles = floor((local.events_of_lanes / max(1, local.looks * var.step_functions_lanes) - local.events_per_lane) / local.events_per_cycle)
  max_cycles         = coalesce(var.step_functions_max_cycles, local.largest_max_cycles)

  # EventBridge does not know seconds. Where the queue is to be looked at more often than once a
  # minute, an execution looks several times.
  seconds_between_looks = try(tonumber(regex("^rate\\((\\d+) seconds?\\)$", var.step_functions_schedule_expression)[0]), null)
  schedule_expression   = local.seconds_between_looks == null ? var.step_functions_schedule_expression : "rate(1 minute)"
  looks                 = local.seconds_between_looks == null ? 1 : ceil(60 / local.seconds_between_looks)

  aws_sdk = "arn:${local.partition}:states:::aws-sdk"

  # Errors of SQS and Step Functions that may pass. Lambda has its own list in Invoke.
  retry_service = [{
    ErrorEquals     = ["States.TaskFailed", "States.Timeout"]
    IntervalSeconds = 1
    MaxAttempts     = local.service_retries
    BackoffRate     = 2
  }]

  look_again = [for looks in [local.looks] : { Variable = "$.look", NumericLessThan = looks, Next = "CountLook" } if looks > 1]

  definition = {
    Comment = "Processes the messages of ${local.queue_name}, each with an invocation of ${local.function_name}"
    StartAt = local.looks == 1 ? "CountMessages" : "StartLooking"
    # Longer than all that an execution can wait for.
    TimeoutSeconds = local.looks * (300 + local.max_cycles * (local.visibility_timeout + 300))
    States = merge(
      local.looking_states,
      local.guard_states,
      [local.lane.States, local.lanes_states][var.step_functions_lanes == 1 ? 0 : 1],
      { Done = { Type = "Succeed" } },
    )
  }

  # 1. Is there anything to do?
  looking_states = merge(
    {
      CountMessages = {
        Type       = "Task"
        Resource   = "${local.aws_sdk}:sqs:getQueueAttributes"
        Parameters = { QueueUrl = local.queue_url, AttributeNames = ["ApproximateNumberOfMessages"] }
        ResultPath = "$.queue"

        TimeoutSeconds = 60
        Retry          = local.retry_service
        Next           = "AnyMessages?"
      }
      "AnyMessages?" = {
        Type = "Choice"
        Choices = concat(
          [{
            Not  = { Variable = "$.queue.Attributes.ApproximateNumberOfMessages", StringEquals = "0" }
            Next = "FindOldestExecution"
          }],
          local.look_again,
        )
        Default = "Done"
      }
    },
    [{}, {
      StartLooking = { Type = "Pass", Result = { look = 1 }, Next = "CountMessages" }
      CountLook    = { Type = "Pass", Parameters = { "look.$" = "States.MathAdd($.look, 1)" }, Next = "WaitToLook" }
      WaitToLook   = { Type = "Wait", Seconds = coalesce(local.seconds_between_looks, 60), Next = "CountMessages" }
    }][local.looks == 1 ? 0 : 1],
  )

  # 2. Only the oldest of the running executions processes messages, so that the limit on concurrency
  # holds. Executions are listed newest first.
  guard_states = {
    FindOldestExecution = {
      Type       = "Task"
      Resource   = "${local.aws_sdk}:sfn:listExecutions"
      Parameters = { "StateMachineArn.$" = "$$.StateMachine.Id", StatusFilter = "RUNNING" }
      ResultSelector = {
        "oldest.$" = "$.Executions[-1:].ExecutionArn"
        "this.$"   = "$$.Execution.Id"
        cycle      = 1
        offset     = 0
        lanes      = [for offset in local.lane_offsets : { run = { cycle = 1, offset = offset } }]
      }
      ResultPath     = "$.run"
      TimeoutSeconds = 60
      Retry          = local.retry_service
      Next           = "IsOldest?"
    }
    "IsOldest?" = {
      Type = "Choice"
      Choices = [{
        # Step Functions may list an execution some time after it has started.
        Or = [
          { Variable = "$.run.oldest[0]", IsPresent = false },
          { Variable = "$.run.oldest[0]", StringEqualsPath = "$.run.this" },
        ]
        Next = var.step_functions_lanes == 1 ? "Receive" : "Lanes"
      }]
      Default = "Done"
    }
  }

  # 3. With more than one lane, each lane receives and processes messages on its own.
  lanes_states = {
    Lanes = {
      Type           = "Map"
      ItemsPath      = "$.run.lanes"
      MaxConcurrency = var.step_functions_lanes
      ItemProcessor = {
        ProcessorConfig = { Mode = "INLINE" }
        StartAt         = local.lane.StartAt
        States = merge(local.lane.States, {
          Receive = merge(local.lane.States.Receive, {
            # States.ALL does not include States.DataLimitExceeded, a batch with too large messages.
            Catch = [for error in ["States.DataLimitExceeded", "States.ALL"] : { ErrorEquals = [error], Next = "LaneFailed" }]
          })
          LaneFailed = { Type = "Pass", Result = { failed = true }, End = true }
          LaneDone   = { Type = "Pass", Result = { failed = false }, End = true }
        })
      }
      ResultSelector = { "failed.$" = "$[?(@.failed==true)]" }
      ResultPath     = "$.lanes"
      Next           = "AnyLaneFailed?"
    }
    # A failing Map state would stop the functions that the other lanes are waiting for.
    "AnyLaneFailed?" = {
      Type    = "Choice"
      Choices = concat([{ Variable = "$.lanes.failed[0]", IsPresent = true, Next = "ReceiveFailed" }], local.look_again)
      Default = "Done"
    }
    ReceiveFailed = { Type = "Fail", Error = "ReceiveFailed", Cause = "A lane could not receive messages from ${local.queue_name}." }
  }

  # 4. Receive and process messages until there are none, or the execution is about to become too long.
  lane = {
    StartAt = "Receive"
    States = {
      Receive = {
        Type     = "Task"
        Resource = "${local.aws_sdk}:sqs:receiveMessage"
        Parameters = {
          QueueUrl            = local.queue_url
          MaxNumberOfMessages = local.batch_size
          WaitTimeSeconds     = var.sqs_receive_wait_time_seconds
          VisibilityTimeout   = local.visibility_timeout
          AttributeNames      = ["All"]
        }
        ResultSelector = { "messages.$" = "$..Messages[*]" } # SQS omits an empty list
        ResultPath     = "$.batch"
        TimeoutSeconds = 60
        Retry          = local.retry_service
        Next           = "Process"
      }
      Process = {
        Type           = "Map"
        ItemsPath      = "$.batch.messages"
        MaxConcurrency = local.batch_size
        ItemSelector = {
          "message.$"  = "$$.Map.Item.Value"
          reported     = { failures = 0 }
          "receives.$" = "States.StringToJson($$.Map.Item.Value.Attributes.ApproximateReceiveCount)"
          "delay.$"    = "States.MathAdd($.run.offset, States.ArrayGetItem(States.Array(${join(", ", local.delays)}), $$.Map.Item.Index))"
        }
        ItemProcessor = {
          ProcessorConfig = { Mode = "INLINE" }
          StartAt         = "Stagger"
          States          = local.message_states
        }
        ResultPath = null
        Next       = "ReceiveAgain?"
      }
      "ReceiveAgain?" = {
        Type = "Choice"
        Choices = concat(
          [{
            And = [
              { Variable = "$.batch.messages[0]", IsPresent = true },
              { Variable = "$.run.cycle", NumericLessThan = local.max_cycles },
            ]
            Next = "CountCycle"
          }],
          var.step_functions_lanes == 1 ? local.look_again : [],
        )
        Default = var.step_functions_lanes == 1 ? "Done" : "LaneDone"
      }
      # The start offset applies to the first batch only, after which the lanes are apart.
      CountCycle = {
        Type       = "Pass"
        Parameters = { "cycle.$" = "States.MathAdd($.run.cycle, 1)", offset = 0 }
        ResultPath = "$.run"
        Next       = "Receive"
      }
    }
  }

  # 5. What happens to a message. Every way ends in success: a failed iteration would end the Map
  # state, and leave the other messages of the batch behind.
  message_states = {
    Stagger = { Type = "Wait", SecondsPath = "$.delay", Next = "Invoke" }
    Invoke = {
      Type     = "Task"
      Resource = "arn:${local.partition}:states:::lambda:invoke"
      Parameters = {
        FunctionName = local.invoked_arn
        # As an event source mapping would invoke the function.
        Payload = {
          Records = [{
            "messageId.$"     = "$.message.MessageId"
            "receiptHandle.$" = "$.message.ReceiptHandle"
            "body.$"          = "$.message.Body"
            "attributes.$"    = "$.message.Attributes"
            messageAttributes = {}
            # The name of its field in the response of SQS depends on the SDK that Step Functions uses.
            "md5OfBody.$"  = "States.Hash($.message.Body, 'MD5')"
            eventSource    = "aws:sqs"
            eventSourceARN = local.queue_arn
            awsRegion      = local.region
          }]
        }
      }
      # A function for an event source with ReportBatchItemFailures can name its failures in its
      # response, instead of raising an error.
      ResultSelector = { "failures.$" = "States.ArrayLength($.Payload..batchItemFailures[:1])" }
      ResultPath     = "$.reported"
      TimeoutSeconds = local.invoke_timeout_sec
      # Errors of Lambda, not of the function.
      Retry = [for retries in [var.lambda_invoke_retries] : {
        ErrorEquals     = ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"]
        IntervalSeconds = local.retry_interval_sec
        MaxAttempts     = retries
        BackoffRate     = 2
      } if retries > 0]
      Catch = [
        # The function has succeeded, but with a larger response than a state may have.
        { ErrorEquals = ["States.DataLimitExceeded"], ResultPath = "$.error", Next = "Delete" },
        { ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "GiveBackOrBury" },
      ]
      Next = "Delete"
    }
    GiveBackOrBury = {
      Type    = "Choice"
      Choices = [{ Variable = "$.receives", NumericLessThan = var.sqs_max_receive_count, Next = "GiveBack" }]
      Default = "Bury"
    }
    GiveBack = {
      Type     = "Task"
      Resource = "${local.aws_sdk}:sqs:changeMessageVisibility"
      Parameters = {
        QueueUrl          = local.queue_url
        "ReceiptHandle.$" = "$.message.ReceiptHandle"
        VisibilityTimeout = var.sqs_retry_delay_seconds
      }
      TimeoutSeconds = 15
      Retry          = local.retry_service
      Catch          = [{ ErrorEquals = ["States.ALL"], Next = "LeftToTimeout" }]
      End            = true
    }
    Bury = {
      Type     = "Task"
      Resource = "${local.aws_sdk}:sqs:sendMessage"
      Parameters = {
        QueueUrl        = local.function_dlq_url
        "MessageBody.$" = "$.message.Body"
        MessageAttributes = {
          Cause        = { DataType = "String", "StringValue.$" = "States.JsonToString($.error)" }
          Execution    = { DataType = "String", "StringValue.$" = "$$.Execution.Id" }
          ReceiveCount = { DataType = "Number", "StringValue.$" = "$.message.Attributes.ApproximateReceiveCount" }
        }
      }
      ResultPath     = null
      TimeoutSeconds = 15
      Retry          = local.retry_service
      Catch          = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "GiveBack" }]
      Next           = "Delete"
    }
    # A Choice state before it would cost a transition for every message. Instead, SQS refuses to delete
    # a message for which the function has reported a failure, and the choice is made only then.
    Delete = {
      Type     = "Task"
      Resource = "${local.aws_sdk}:sqs:deleteMessage"
      Parameters = {
        QueueUrl          = local.queue_url
        "ReceiptHandle.$" = "States.ArrayGetItem(States.Array($.message.ReceiptHandle, 'not deleted, since the function reported a failure'), $.reported.failures)"
      }
      ResultPath     = null
      TimeoutSeconds = 15
      Retry          = local.retry_service
      Catch          = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = "Reported?" }]
      End            = true
    }
    "Reported?" = {
      Type    = "Choice"
      Choices = [{ Variable = "$.reported.failures", NumericGreaterThan = 0, Next = "BatchItemFailures" }]
      Default = "LeftToTimeout"
    }
    # As if the function had raised an error.
    BatchItemFailures = {
      Type = "Pass"
      Parameters = {
        "message.$"  = "$.message"
        "receives.$" = "$.receives"
        reported     = { failures = 0 }
        error        = { Error = "BatchItemFailures", Cause = "The function returned batchItemFailures." }
      }
      Next = "GiveBackOrBury"
    }
    # The message becomes visible again when its visibility timeout ends.
    LeftToTimeout = { Type = "Succeed" }
  }
}
