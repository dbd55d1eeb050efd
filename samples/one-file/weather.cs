#:sdk Microsoft.NET.Sdk.Web
#:package Carafe.App@*-*
#:property PublishAot=false

// No database: typed settings, a blueprint with a hook, and the API document.
return await CarafeApp.RunAsync(args, (args, configure) =>
{
    var builder = CarafeApp.CreateBuilder(args);
    builder.Services.AddSettings<StationSettings>().AddOpenApi(options => options.AddCarafeConventions()).AddDocs();
    configure?.Invoke(builder);

    var app = builder.Build();
    app.UseCarafe().MapDocs();
    app.MapBlueprint<WeatherBlueprint>("/weather");
    return app;
});

public class StationSettings
{
    /// <summary><c>STATION_NAME</c>: the station that measures. Default "Hut".</summary>
    [Required, MaxLength(40)]
    public string StationName { get; set; } = "Hut";
}

public class WeatherBlueprint : IBlueprint
{
    public static string Name => "weather";

    public static void Map(RouteGroupBuilder weather)
    {
        weather.WithAfter(context => { context.Response.Headers.CacheControl = "max-age=60"; return Task.CompletedTask; });
        weather.MapGet("/{day:int}", Forecast);
    }

    /// <summary>Forecast the weather of a day from now.</summary>
    internal static Ok<Weather> Forecast(int day, StationSettings station) =>
        day is >= 0 and < 8 ? TypedResults.Ok(new Weather(station.StationName, day, 20 - day)) : throw Abort.NotFound($"There is no forecast for day {day}");
}

public record Weather(string Station, int Day, int Celsius);
