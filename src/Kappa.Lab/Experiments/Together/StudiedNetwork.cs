namespace Kappa.Lab.Experiments.Together;

/// <summary>A network with what it learns and how it is deployed.</summary>
internal abstract class StudiedNetwork
{
    internal const string Mlp = "mlp";
    internal const string Convolutional = "conv";
    internal const string Transformer = "transformer";

    /// <summary>What it is trained on.</summary>
    internal required LabelledSamples Training { get; init; }

    /// <summary>What rates are chosen by.</summary>
    internal required LabelledSamples Validation { get; init; }

    /// <summary>Classes of an answer.</summary>
    internal required int Classes { get; init; }

    /// <summary>The shape of one input, for the rescaling; null where the network says it.</summary>
    internal abstract IReadOnlyList<int>? InputShape { get; }

    /// <summary>A fresh network.</summary>
    internal abstract Module Create(Philox generator);

    /// <summary>What it does when it is let loose: a share, more is better.</summary>
    internal abstract double Deploy(Module model, CancellationToken cancellation);

    /// <summary>The singular values of the Jacobian from an input, or its embedding, to the outputs.</summary>
    internal abstract SingularSpectrum Jacobian(Module model, Tensor input);

    /// <summary>What a name stands for.</summary>
    internal static StudiedNetwork Of(string name, TogetherSettings settings) =>
        name == Transformer ? SumsNetwork.Of(settings) : PictureNetwork.Of(settings, isConvolutional: name == Convolutional);
}
