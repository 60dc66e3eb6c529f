namespace Kappa.Lab.Settings;

/// <summary>What configs may name: the tasks, optimizers, networks and so on that there are.</summary>
/// <param name="kinds">The kinds, in the order to list them.</param>
public sealed class Choices(IEnumerable<Kind> kinds)
{
    /// <summary>Nothing to choose from.</summary>
    public static Choices None { get; } = new([]);

    /// <summary>Every kind.</summary>
    public IReadOnlyList<Kind> All { get; } = [.. kinds];

    /// <summary>The kinds of one type, in the order to list them.</summary>
    /// <typeparam name="TKind">The type.</typeparam>
    public IReadOnlyList<TKind> Of<TKind>()
        where TKind : Kind => [.. All.OfType<TKind>()];

    /// <summary>The names of the kinds of one type, aliases last.</summary>
    /// <typeparam name="TKind">The type.</typeparam>
    public IReadOnlyList<string> NamesOf<TKind>()
        where TKind : Kind => NamesOf(typeof(TKind));

    /// <summary>The kind of a name.</summary>
    /// <typeparam name="TKind">Its type.</typeparam>
    /// <param name="name">The name, or an alias.</param>
    /// <param name="path">Where the name stands, which errors begin with; empty for nowhere.</param>
    /// <exception cref="ConfigException">There is none; the message has the nearest name that exists, and all of them.</exception>
    public TKind Find<TKind>(string name, string path = "")
        where TKind : Kind => (TKind)Find(typeof(TKind), name, path);

    /// <summary>The same with other kinds in the place of those of one type.</summary>
    /// <typeparam name="TKind">The type.</typeparam>
    /// <param name="kinds">The other kinds.</param>
    public Choices With<TKind>(IEnumerable<TKind> kinds)
        where TKind : Kind => new([.. All.Where(kind => kind is not TKind), .. kinds]);

    internal IReadOnlyList<Kind> Of(Type type) => [.. All.Where(type.IsInstanceOfType)];

    internal IReadOnlyList<string> NamesOf(Type type) => [.. Of(type).Select(kind => kind.FullName), .. Of(type).SelectMany(kind => kind.Aliases)];

    internal Kind Find(Type type, string name, string path) => Of(type).FirstOrDefault(kind => kind.FullName == name || kind.Aliases.Contains(name))
        ?? throw new ConfigException($"{(path.Length == 0 ? "" : $"{path}: ")}{NearestName.Describe(NounOf(type), name, NamesOf(type))}");

    internal string NounOf(Type type) => Of(type) is [var first, ..] ? first.Noun : "name";
}
