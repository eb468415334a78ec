namespace Marekvs.EndToEnd.Processes;

/// <summary>Waits for a state of another process that no event announces.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="what">What is awaited, for the message.</param>
    /// <param name="within">The bound.</param>
    /// <param name="holds">The question.</param>
    public static async Task HoldsAsync(string what, TimeSpan within, Func<bool> holds)
    {
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        while (!holds())
        {
            if (time.GetElapsedTime(start) > within)
            {
                Assert.Fail($"Not within {within}: {what}");
            }

            await Task.Delay(Step, time);
        }
    }
}
