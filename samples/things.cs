#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Carafe/Carafe.csproj
#:property PublishAot=false

using System.Collections.Concurrent;
using Carafe;

return await CarafeApp.RunAsync(args, (args, configure) =>
{
    var builder = CarafeApp.CreateBuilder(args);
    configure?.Invoke(builder);
    var app = builder.Build();
    app.UseCarafe();

    var things = new ConcurrentDictionary<int, string>([new(1, "kettle")]);
    app.MapGet("/things/{id:int}", (int id) =>
        things.TryGetValue(id, out var name) ? new Thing(id, name) : throw Abort.NotFound($"Thing {id} not found"));
    app.MapPost("/things", (Thing thing) =>
        things.TryAdd(thing.Id, thing.Name) ? TypedResults.Created($"/things/{thing.Id}", thing) : throw Abort.Conflict("This id is taken", "id"));
    return app;
});

sealed record Thing(int Id, string Name);
