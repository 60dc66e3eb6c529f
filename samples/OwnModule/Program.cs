// A module of one's own, and a training loop written by hand: a gated layer learns the product of two inputs, which a linear layer cannot.
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

var points = Tensor.Uniform([1024, 2], new Philox(1), -1, 1);
float[] values = points.ToArray<float>();
var products = Tensor.From([.. Enumerable.Range(0, 1024).Select(i => values[2 * i] * values[(2 * i) + 1])], [1024, 1]);

double linear = Train(new Linear(2, 1)), gated = Train(new Gated(2, 8, 1));
Console.WriteLine($"mean squared error: a linear layer {linear:F4}, a gated one {gated:F6}");
if (gated > 0.01 * linear)
    throw new InvalidOperationException("the gated layer should learn products");

double Train(Module model)
{
    _ = model.Initialize(new Philox(2));
    var optimizer = new AdamW(model.Parameters(), learningRate: 1e-2);
    var random = new Philox(3);
    double last = 0;
    for (int step = 0; step < 600; step++)
    {
        // What a step makes is given back at its end.
        using var scope = TensorScope.Begin();
        var rows = Tensor.From([.. Enumerable.Range(0, 128).Select(_ => random.NextInt32(1024))], [128]);
        var loss = Loss.MeanSquaredError(model.Forward(points.Gather(rows)), products.Gather(rows));
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        last = step == 0 ? loss.ToDouble() : (0.95 * last) + (0.05 * loss.ToDouble());
    }
    return last;
}

/// <summary>out(value(x) * gate(x)): <c>[batch, inputs]</c> to <c>[batch, outputs]</c>.</summary>
internal sealed class Gated : Module
{
    private readonly Linear _value, _gate, _out;
    private readonly Tensor _scale;

    public Gated(int inputs, int hidden, int outputs)
    {
        // What is registered is trained, saved under its name, drawn by the seed and switched by Train and Eval.
        _value = RegisterModule("value", new Linear(inputs, hidden));
        _gate = RegisterModule("gate", new Linear(inputs, hidden));
        _out = RegisterModule("out", new Linear(hidden, outputs));
        _scale = RegisterParameter("scale", Tensor.Ones([hidden]));
    }

    protected override Tensor ForwardCore(Tensor input) => _out.Forward(_value.Forward(input) * _gate.Forward(input) * _scale);
}
