using TaskBench;

return await CarafeApp.RunAsync(args, BenchApp.Create);
