namespace Kappa;

/// <summary>Where the library says what it can go on with but what is most likely a mistake, such as a layer that never gets a gradient: each once, by
/// name.</summary>
/// <remarks>
/// <code>
/// using var _ = Warnings.To(line => log.WriteLine(line));
/// </code>
/// Until somebody listens, the lines go to standard error. What a method has to say of single layers while it works goes to its own options, such as
/// <see cref="Preconditioning.DoPrOptions.OnWarning"/>, which, where they are set, hear of its misuse as well.
/// </remarks>
public static class Warnings
{
    private static readonly AsyncLocal<Action<string>?> Handler = new();

    /// <summary>Sends warnings elsewhere, for this flow of control and the threads and tasks that it starts, until the result is disposed.</summary>
    /// <param name="handler">Takes a line.</param>
    /// <returns>What restores the handler of before.</returns>
    public static IDisposable To(Action<string> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var scope = new Scope(Handler.Value);
        Handler.Value = handler;
        return scope;
    }

    /// <summary>Says something: to whoever listens, or to standard error.</summary>
    /// <param name="line">One line.</param>
    public static void Say(string line)
    {
        if (Handler.Value is { } handler)
            handler(line);
        else
            Console.Error.WriteLine($"Kappa: warning: {line}");
    }

    /// <summary>A list of names that stays readable however many there are.</summary>
    internal static string Names(IReadOnlyCollection<string> names)
    {
        const int Shown = 8;
        return names.Count <= Shown ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Shown))} and {names.Count - Shown} more";
    }

    private sealed class Scope(Action<string>? before) : IDisposable
    {
        public void Dispose() => Handler.Value = before;
    }
}
