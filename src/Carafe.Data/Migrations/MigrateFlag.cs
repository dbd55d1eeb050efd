namespace Carafe.Data.Migrations;

/// <summary>Tells whether <c>run --migrate</c> was given.</summary>
internal sealed class MigrateFlag
{
    public bool IsGiven { get; private set; }

    public void Give() => IsGiven = true;
}
