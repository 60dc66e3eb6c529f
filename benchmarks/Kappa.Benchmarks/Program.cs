using Kappa.Benchmarks;

string[] rest = args.Length > 0 ? args[1..] : [];
int code = Run();
if (code == 0 && rest.Contains(Sheet.Option))
    Sheet.Save(args[0], rest);
return code;

int Run()
{
    switch (args.FirstOrDefault())
    {
        case "matmul":
            return MatrixProductBenchmark.Run(rest);
        case "factor":
            return FactorizationBenchmark.Run(rest);
        case "step":
            return TrainingStepBenchmark.Run(rest);
        case "dopr":
            return DoPrBenchmark.Run(rest);
        case "isometry":
            return IsometryBenchmark.Run(rest);
        case "conv":
            return ConvolutionBenchmark.Run(rest);
        case "optimizers":
            return OptimizerBenchmark.Run(rest);
        case "transformer":
            return TransformerBenchmark.Run(rest);
        case "curvature":
            return CurvatureBenchmark.Run(rest);
        case "pathcond":
            return PathConditioningBenchmark.Run(rest);
        case "csv":
            return CsvBenchmark.Run(rest);
        case "memory":
            return MemoryBenchmark.Run(rest);
        case "pictures":
            return PictureBenchmark.Run(rest);
        case "generation":
            return GenerationBenchmark.Run(rest);
        case "rollouts":
            return RolloutBenchmark.Run(rest);
        case "onnx":
            return OnnxBenchmark.Run(rest);
        case "onnx-import":
            return OnnxImportBenchmark.Run(rest);
        case "devices":
            return DeviceBenchmark.Run(rest);
        case "torchsharp":
            return TorchSharpBenchmark.Run(rest);
        case "commands":
            return CommandBenchmark.Run(rest);
        case "mpi":
            return MpiBenchmark.Run(rest);
        case "builds":
            return BuildBenchmark.Run(rest);
        case "serve":
            return BuildBenchmark.Serve(rest);
        default:
            Console.Error.WriteLine(
                """
                usage: dotnet run -c Release --project benchmarks/Kappa.Benchmarks -- <benchmark> [--quick]

                  matmul    the matrix product against OpenBLAS [--threads 1|2] [--only part-of-a-name]
                  factor    symmetric products, Cholesky and triangular solves against OpenBLAS [--threads 1|2]
                  step      one AdamW step of two networks, against PyTorch and a hand-written step
                  dopr      what activation preconditioning adds to a step
                  isometry  what AdamO adds to an AdamW step, against PyTorch; diagnostics [--threads 1|2] [--alone] [--only step|diagnostics]
                  conv      one AdamW step of a convolutional network, against PyTorch [--threads 1|2] [--alone]
                  optimizers  the update alone, of each optimizer [--threads 1|2]
                  transformer  a step, Hessian products and DoPr on a small transformer, against PyTorch [--threads 1|2] [--only part-of-a-name]
                  curvature  eigenpairs, increments and criteria of a small language model, against the algorithm of arXiv 2604.14870 in PyTorch
                             [--threads 1|2] [--only eigen|surrogate|direct|top45|product|budget|precision] [--peer], which adds it to top45
                  pathcond  rescaling a perceptron against PyTorch, and ResNet-18 to convergence [--threads 1|2] [--only mlp|resnet]
                  csv       a file of 10,000,000 rows against CsvHelper and File.ReadLines with Split, and streamed [--threads 1|2]
                             [--only read|stream] [--file path] [--alone]
                  devices   training steps on a device of libtorch [--device cuda|torch-cpu] [--precision float32|tf32|bfloat16] [--quick]
                  mpi       a transformer on several processes: speed, bytes, and a model of what a step takes on more
                             [--only speed|costs] [--launcher mpirun.openmpi|mpirun.mpich] [--plot file.svg]
                  memory    tensor memory per step and resident size over 10,000 steps
                  pictures  how long a convolutional network waits for 10,000 JPEGs of 64 x 64, kept in memory or decoded each time [--threads 1|2]
                  generation  tokens a second of a transformer of 1,000,000 parameters that writes, alone and side by side [--threads 1|2]
                  rollouts  simulated seconds a second of a humanoid that a network controls (needs MuJoCo) [--threads 1|2]
                  onnx      the forward pass of ResNet-18, or of a file.onnx, against ONNX Runtime [file.onnx] [--threads 1|2]
                  onnx-import  how long ResNet-18 of ImageNet, or a file.onnx, takes to be read, and how much memory [file.onnx]
                  torchsharp  our engine, and our methods on TorchSharp's own models, against TorchSharp (needs libtorch) [--threads 1|2]
                             [--only part-of-a-name]
                  commands  what a newcomer waits for, in a clone: the demo, the tests, the help, the size of the package
                             [--only help|test|package]
                  builds    our own training steps in this build against another build of these benchmarks:
                            builds <its Kappa.Benchmarks.dll> [--threads 1|2] [--only part-of-a-name]
                """);
            return 2;
    }
}
