using AnomalyDetect.Service.CommandLine;

return await Cli.RunAsync(args, Terminal.Standard());
