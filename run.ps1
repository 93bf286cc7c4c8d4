# One door to everything that is done with this repository. Works in PowerShell 7 and in a bare runspace: only the language and native commands, no cmdlets.
# Usage: ./run.ps1 VERB [ARGUMENT...]; everything behind the verb is handed on.

$verb = 'help'
$rest = @()
if ($args.Count -gt 0) { $verb = [string]$args[0] }
if ($args.Count -gt 1) { $rest = $args[1..($args.Count - 1)] }

$solution = "$PSScriptRoot/AnomalyDetect.sln"
$service = "$PSScriptRoot/src/AnomalyDetect.Service"
$benchmarks = "$PSScriptRoot/tests/AnomalyDetect.Benchmarks"
$notebooks = "$PSScriptRoot/tests/AnomalyDetect.Notebooks.Tests"
$whole = "$PSScriptRoot/tests/AnomalyDetect.Service.Tests"

$help = @'
AnomalyDetect

  ./run.ps1 demo      see attacks being found and answered, live (--keep goes on)
  ./run.ps1 run       the service, fed by HTTP or by Kafka
  ./run.ps1 replay    the same engine over files: replay FILE... --out DIR
  ./run.ps1 explain   what became of one event: explain FILE --event ID
  ./run.ps1 evaluate  recall and false alerts on labelled telemetry
  ./run.ps1 simulate  labelled telemetry to practise on: simulate --seed 1 --out DIR
  ./run.ps1 score     a time series' anomaly scores: score --input FILE --output FILE
  ./run.ps1 train     a model of ordinary behaviour: train --data DIR
  ./run.ps1 models    which models there are, and which one judges: models list
  ./run.ps1 alerts    what was found, and what you make of it: alerts list
  ./run.ps1 exceptions   what is expected of whom, and until when: exceptions list
  ./run.ps1 playbook  the rules from alerts to decisions: playbook check FILE
  ./run.ps1 decisions what is enforced and why, and undo: decisions list
  ./run.ps1 protections  what nothing is ever aimed at: protections list
  ./run.ps1 enforcement  the kill switch: enforcement halt --reason WHY (--tenant ID)
  ./run.ps1 deliveries   outbound work and its dead letter: deliveries list
  ./run.ps1 clock-faults whose telemetry comes too late, or from the future: clock-faults list
  ./run.ps1 ledger    the record of it all: ledger list, ledger verify
  ./run.ps1 keys      API keys: keys add --name NAME --role ROLE
  ./run.ps1 config    what is in force, or all that is wrong: config check --config FILE
  ./run.ps1 test      every test
  ./run.ps1 chaos     what stands after 10,000 decisions, 20 kills and everything taken away in turn
  ./run.ps1 bench     the benchmarks: bench --filter '*Decode*'
  ./run.ps1 notebooks runs the notebooks and keeps what their cells show
  ./run.ps1 build     the whole solution, Release
  ./run.ps1 format    brings the code into its format
  ./run.ps1 help      this page

What stands behind a verb is handed on: ./run.ps1 replay --help
It needs the .NET 10 SDK and nothing else.
'@

switch -CaseSensitive ($verb) {
    { $_ -cin 'demo', 'run', 'replay', 'explain', 'evaluate', 'simulate', 'score', 'train', 'models', 'alerts', 'exceptions', 'playbook', 'decisions', 'protections', 'enforcement', 'deliveries', 'clock-faults', 'ledger', 'keys', 'config' } { & dotnet run --project $service -c Release '--' $verb @rest; exit $LASTEXITCODE }
    'test' { & dotnet test $solution -c Release @rest; exit $LASTEXITCODE }
    'chaos' { & dotnet test $whole -c Release -e ANOMALYDETECT_CHAOS=full --filter FullyQualifiedName~ChaosTests --logger 'console;verbosity=detailed' @rest; exit $LASTEXITCODE }
    'bench' { & dotnet run --project $benchmarks -c Release '--' @rest; exit $LASTEXITCODE }
    'notebooks' { & dotnet test $notebooks -c Release -e ANOMALYDETECT_NOTEBOOKS=write --filter FullyQualifiedName~NotebookTests.Every_cell @rest; exit $LASTEXITCODE }
    'build' { & dotnet build $solution -c Release @rest; exit $LASTEXITCODE }
    'format' { & dotnet format $solution @rest; exit $LASTEXITCODE }
    { $_ -cin 'help', '--help', '-h', '-?' } { $help; exit 0 }
    default {
        [Console]::Error.WriteLine("run.ps1: there is no verb '$verb'; './run.ps1 help' lists them")
        exit 2
    }
}
