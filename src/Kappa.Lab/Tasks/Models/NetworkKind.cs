namespace Kappa.Lab.Tasks.Models;

/// <summary>A model that a training config may name.</summary>
public abstract class NetworkKind : Kind
{
    private protected NetworkKind()
    {
    }

    /// <inheritdoc/>
    public sealed override string Noun => "model";

    /// <summary>Whether it is for text; otherwise for pictures.</summary>
    public abstract bool IsForText { get; }

    /// <summary>Whether pictures must come as vectors, so that it takes rows of numbers as well.</summary>
    internal virtual bool TakesVectors => false;

    /// <summary>Whether it takes what a data set holds.</summary>
    internal bool Takes(DataContent content) => content switch
    {
        DataContent.Text => IsForText,
        DataContent.Rows => TakesVectors,
        _ => !IsForText,
    };

    /// <summary>Tokens that the model sees at most; 0 where it takes no text.</summary>
    internal virtual int ContextLength(object settings) => 0;

    /// <summary>Makes the model, initialised.</summary>
    internal abstract Module Create(object settings, Shape inputShape, int outputSize, Philox generator);
}
