// An activation preconditioner written outside of Kappa, through its public API alone: an observer of a weight sees the layer's inputs and output gradients,
// and changes the gradient before anybody reads it. It gives what DoPr gives.
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using OwnPreconditioner;

const int Steps = 20;
var options = new DoPrOptions();
var ours = new Linear(24, 5);
_ = ours.Initialize(new Philox(1));
using (var preconditioner = new ActivationPreconditioner(ours.Weight, options.Gamma, options.Floor))
    Train(ours, new SGD(ours.Parameters(), 0.05));

var theirs = new Linear(24, 5);
_ = theirs.Initialize(new Philox(1));
using (var optimizer = new DoPr(new SGD(theirs.Parameters(), 0.05), theirs, options))
    Train(theirs, optimizer);

var plain = new Linear(24, 5);
_ = plain.Initialize(new Philox(1));
Train(plain, new SGD(plain.Parameters(), 0.05));

double difference = Distance(ours, theirs);
Console.WriteLine($"after {Steps} steps, |W - W of DoPr| / |W|:  own preconditioner {difference:E1},  without one {Distance(plain, theirs):E1}");
if (!(difference < 1e-5))
    throw new InvalidOperationException($"the preconditioner written here and DoPr differ by {difference:E1} of the weight");

static void Train(Linear layer, Optimizer optimizer)
{
    var generator = new Philox(2);
    for (int step = 0; step < Steps; step++)
    {
        using var scope = TensorScope.Begin();
        // Inputs of very different size, which is what the preconditioner is for.
        var x = Tensor.Normal([64, 24], generator) * Tensor.From([.. Enumerable.Range(0, 24).Select(i => MathF.Pow(0.8f, i))], [24]);
        var y = Tensor.Normal([64, 5], generator);
        Loss.MeanSquaredError(layer.Forward(x), y).Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
    }
}

static double Distance(Linear a, Linear b)
{
    float[] x = a.Weight.ToArray<float>(), y = b.Weight.ToArray<float>();
    return Math.Sqrt(x.Zip(y, (p, q) => Math.Pow(p - (double)q, 2)).Sum() / y.Sum(q => (double)q * q));
}
