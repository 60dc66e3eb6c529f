namespace Kappa.Rescaling;

/// <summary>What a batch normalisation is to a rescaling.</summary>
public enum BatchNormMode
{
    /// <summary>
    /// The channels behind it are units whose incoming parameters are its own scale and shift; the channels in front of it are left alone. The function is
    /// unchanged in evaluation and in training mode, and the running statistics stay as they are.
    /// </summary>
    Exact,

    /// <summary>
    /// As the published code of PathCond has it: the normalisation passes units through like a fixed factor, and a unit's incoming parameters are those of the
    /// layer in front. In evaluation mode the function is unchanged (its shift and its running mean are scaled along with the unit). In training mode it
    /// changes: there the normalisation undoes whatever scales its input, while the next layer has been scaled the other way.
    /// </summary>
    Reference,
}
