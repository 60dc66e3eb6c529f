using Kappa.Lab.Settings;
using Kappa.Networks;
using Kappa.Randomness;

namespace Kappa.Lab.Tasks.Models;

/// <summary>A model that a training config may name.</summary>
public abstract class NetworkKind
{
    private protected NetworkKind()
    {
    }

    /// <summary>What a config calls it.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether it is for text; otherwise for pictures.</summary>
    public abstract bool IsForText { get; }

    /// <summary>The settings that a config may give, with defaults.</summary>
    public abstract IReadOnlyList<SettingDescription> Settings { get; }

    /// <summary>Whether pictures must come as vectors.</summary>
    internal virtual bool TakesVectors => false;

    /// <summary>Checks settings without making a model.</summary>
    /// <exception cref="ConfigException">A setting is out of range.</exception>
    internal abstract void Check(SettingsReader settings);

    /// <summary>Tokens that the model sees at most; 0 where it takes no text.</summary>
    internal virtual int ContextLength(SettingsReader settings) => 0;

    /// <summary>Makes the model, initialised.</summary>
    internal abstract Module Create(SettingsReader settings, Tensors.Shape inputShape, int outputSize, Philox generator);
}
