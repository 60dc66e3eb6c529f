// Trains and saves with the installed packages, as a stranger's first program would.
using Kappa;
using Kappa.Checkpoints;
using Kappa.Data.Tables;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Onnx;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

var table = Table.From(Enumerable.Range(0, 8).Select(i => new { X = i * 0.5, Y = i % 2 }).ToArray());
var model = new Sequential(new Linear(2, 32), new ReLU(), new Linear(32, 32), new ReLU(), new Linear(32, 2));
_ = model.Initialize(new Philox(1));
_ = PathConditioning.Rescale(model);
var optimizer = new DoPr(new AdamW(model.Parameters(), learningRate: 1e-2), model);
var x = Tensor.Normal([256, 2], new Philox(2));
float[] numbers = x.ToArray<float>();
var labels = Tensor.From([.. Enumerable.Range(0, 256).Select(i => numbers[2 * i] * numbers[(2 * i) + 1] > 0 ? 1 : 0)], [256]);
if (string.Join(",", table.Columns.Select(column => column.Name)) != "X,Y")
    throw new InvalidOperationException("the columns are not those of the objects");
double loss = 0;
for (int step = 0; step < 200; step++)
{
    using var scope = TensorScope.Begin();
    var batchLoss = Loss.CrossEntropy(model.Forward(x), labels);
    batchLoss.Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
    loss = batchLoss.ToArray<float>()[0];
}

string folder = Directory.CreateTempSubdirectory("kappa-smoke-").FullName;
model.StateDict().Save(Path.Combine(folder, "model.safetensors"));
OnnxModel.Export(model, Path.Combine(folder, "model.onnx"), [1, 2]);
_ = OnnxModel.Import(Path.Combine(folder, "model.onnx"));
Directory.Delete(folder, recursive: true);
Console.WriteLine($"loss {loss:F3}, {table.RowCount} rows");
return loss < 0.1 ? 0 : 1;
