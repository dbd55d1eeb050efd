using Carafe.FastSqlite.Reads;

namespace Carafe.Tests.FastSqlite;

/// <summary>Many threads that use one context at once: one at a time is let in.</summary>
public sealed class RowConcurrencyDetectorTests
{
    [Fact]
    public async Task Of_many_threads_one_at_a_time_is_let_in()
    {
        var detector = new RowConcurrencyDetector();
        var (inside, overlaps, uses) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(
            () =>
            {
                for (var turn = 0; turn < 20_000; turn++)
                {
                    try
                    {
                        if ((turn + number) % 2 == 0)
                        {
                            using var row = RowConcurrencyDetector.EnterRow(detector);
                            Use(turn % 4 == 0);
                        }
                        else
                        {
                            using var section = detector.EnterCriticalSection();
                            Use(turn % 4 == 1);
                        }
                    }
                    catch (InvalidOperationException)
                    {
                        // Refused, as it should be while another is inside.
                    }
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(0, overlaps);
        Assert.True(uses > 1000);
        using var afterwards = RowConcurrencyDetector.EnterRow(detector);

        void Use(bool isNested)
        {
            if (Interlocked.Increment(ref inside) > 1)
            {
                Interlocked.Increment(ref overlaps);
            }

            Interlocked.Increment(ref uses);
            try
            {
                if (isNested)
                {
                    detector.EnterCriticalSection().Dispose();
                }
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        }
    }
}
