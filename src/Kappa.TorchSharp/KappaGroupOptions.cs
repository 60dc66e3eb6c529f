using TorchSharp.Modules;

namespace Kappa.TorchSharp;

/// <summary>Settings of a group of parameters.</summary>
public sealed class KappaGroupOptions : OptimizerOptions
{
    /// <summary>The weight decay of the group in place of the optimizer's; null for the optimizer's.</summary>
    public double? WeightDecay { get; set; }

    /// <inheritdoc/>
    public override void SaveStateDict(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        base.SaveStateDict(writer);
        writer.Write(WeightDecay ?? double.NaN);
    }

    /// <inheritdoc/>
    public override void LoadStateDict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        base.LoadStateDict(reader);
        double decay = reader.ReadDouble();
        WeightDecay = double.IsNaN(decay) ? null : decay;
    }

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerOptions source)
    {
        base.LoadStateDict(source);
        WeightDecay = (source as KappaGroupOptions)?.WeightDecay;
    }
}
