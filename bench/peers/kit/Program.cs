// The same answer from an app that has the whole core of Carafe around it and nothing else: what the kit's conventions cost.
using Carafe;

var app = CarafeApp.CreateBuilder(args).Build();
app.UseCarafe();
app.MapHealth();
app.Run();
