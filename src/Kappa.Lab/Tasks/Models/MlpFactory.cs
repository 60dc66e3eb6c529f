namespace Kappa.Lab.Tasks.Models;

/// <summary>Makes the multilayer perceptron that a config describes.</summary>
public static class MlpFactory
{
    /// <summary>Makes a network of linear layers with an activation between each two, initialised.</summary>
    /// <param name="inputSize">Features of the input, 1 or more.</param>
    /// <param name="outputSize">Features of the output, 1 or more.</param>
    /// <param name="model">Widths, activation, bias and initialiser.</param>
    /// <param name="generator">The source of randomness; it does not advance.</param>
    /// <returns>A network from <c>[batch, inputSize]</c> to <c>[batch, outputSize]</c>; its layers are named 0, 1, 2, ..., activations included.</returns>
    /// <exception cref="ConfigException">A width is not positive, or a name does not exist.</exception>
    public static Sequential Create(int inputSize, int outputSize, ModelConfig model, Philox generator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(generator);
        SettingsOf<ModelConfig>.Type.Check(model, "model");
        var modules = new List<Module>();
        int width = inputSize;
        foreach (int next in model.Hidden)
        {
            modules.Add(MakeLinear(width, next, model));
            if (MakeActivation(model.Activation) is Module activation)
                modules.Add(activation);
            width = next;
        }

        modules.Add(MakeLinear(width, outputSize, model));
        var network = new Sequential([.. modules]);
        _ = network.Initialize(generator);
        return network;
    }

    private static Linear MakeLinear(int inputSize, int outputSize, ModelConfig model) =>
        new(inputSize, outputSize, model.Bias, MakeInitializer(model.Initializer));

    private static ActivationModule? MakeActivation(string name) => name switch
    {
        "relu" => new ReLU(),
        "tanh" => new Tanh(),
        "gelu" => new GELU(),
        "silu" => new SiLU(),
        _ => null,
    };

    private static Initializer? MakeInitializer(string name) => name switch
    {
        "kaiming" => new KaimingInitializer(),
        "xavier" => new XavierInitializer(),
        "orthogonal" => new OrthogonalInitializer(),
        _ => null,
    };
}
