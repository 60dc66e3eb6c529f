namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A data set that a training config may name.</summary>
public abstract class DataKind : Kind
{
    private protected DataKind()
    {
    }

    /// <inheritdoc/>
    public sealed override string Noun => "data set";

    /// <summary>What it holds.</summary>
    public abstract DataContent Content { get; }

    /// <summary>Whether it is text.</summary>
    public bool IsText => Content == DataContent.Text;

    /// <summary>The file or folder that it reads; null where it goes by its name.</summary>
    internal virtual string? PathOf(object settings) => null;

    /// <summary>The shape of one picture, <c>[channels, height, width]</c>; null where it is no pictures.</summary>
    internal virtual IReadOnlyList<int>? PictureShape(object settings) => null;

    /// <summary>Makes paths absolute, which in a config are relative to its own folder.</summary>
    internal virtual object Resolved(object settings, string folder) => settings;

    /// <summary>Reads the data.</summary>
    /// <exception cref="IOException">A file is missing or damaged; the message names the way out.</exception>
    internal abstract TrainingData Load(object settings, DataRequest request);
}
