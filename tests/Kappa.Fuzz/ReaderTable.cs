namespace Kappa.Fuzz;

/// <summary>Where the library takes bytes, texts and paths from outside, beside what targets name.</summary>
internal static class ReaderTable
{
    /// <summary>How the line of a file begins that no target is for.</summary>
    internal const string NoTarget = "none: ";

    /// <summary>How parameters end that hold a text from outside.</summary>
    internal static IReadOnlyList<string> ForeignNames { get; } = ["path", "folder", "root", "file", "json", "xml"];

    /// <summary>What source files say that open or parse a file.</summary>
    internal static IReadOnlyList<string> Openings { get; } =
    [
        "new FileStream(", "File.Open", "File.Read", "new StreamReader(", "new BinaryReader(", "BinaryReader reader", "BoundedFile.Read", "RegularFile.Open",
        "JsonDocument.Parse", "JsonNode.Parse", "JsonSerializer.Deserialize", "SealedJson.Open", ".ParseFrom(", "ZipArchive(", "GZipStream(", "XDocument",
    ];

    /// <summary>Public members that take such a thing, and why no target reads it.</summary>
    internal static IReadOnlyDictionary<string, string> Others { get; } = Because(
        ("it writes",
            """
            AtomicFile.Write Checkpoint.Save Checkpoint.Prune SafeTensorsFile.Write SafeTensorsImport.Save SealedJson.Seal StateDictExtensions.Save
            TableEncoder.Save Tokenizer.Save GreyPng.Encode OnnxModel.Export RunPart.Write RunPart.WriteSealed ExperimentReport.Of
            """),
        ("it names a file or folder, or looks whether it is there",
            """
            Checkpoint.FolderOf Checkpoint.Recover Checkpoint.Steps RunPart..ctor RunPart.ForFindings OnnxRequest.IsOnnx SettingsCheck.RequirePath
            HumanoidModelFile.Locate DataPackage.Locate Choices.Find ExperimentFolder.ConfigOf Experiment.Resolved
            """),
        ("it holds what it is given",
            """
            CellResult..ctor ChannelsLeftAlone..ctor HiddenLayer..ctor UnitsLeftAlone..ctor DataProgress..ctor ExperimentConfig..ctor GreyPicture..ctor
            ImageDataSet..ctor ImportReport..ctor ModuleSummary..ctor OnnxRequest..ctor ReportSource..ctor RescaledLayer..ctor RunManifest..ctor
            RunRequest..ctor SafeTensorsEntry..ctor SkippedPicture..ctor WeightsRequest..ctor
            """),
        ("its bytes are what every reader begins with; its bound has tests of its own",
            """
            BoundedFile.ReadAllBytes BoundedFile.Open
            """),
        ("every byte is checked against a hash that Kappa holds",
            """
            BrownCorpus.Load DataPackage.Verify FashionMnist.Test FashionMnist.Training HandwrittenDigits.All HandwrittenDigits.Load
            """),
        ("it reads as TrainingConfig.ReadRun does, by the same method and the forms of its own ReadFile",
            """
            ComparisonConfig.ReadRun SweepConfig.ReadRun
            """),
        ("what it reads has targets of its own; resuming a run trains, and is tried by kills",
            """
            TrainingRunner.Run
            """),
        ("it reads the results that are committed beside the code",
            """
            CommittedResults..ctor CommittedResults.Take
            """),
        ("it shows what other readers read; odd folders and paths are tried by tests of its own",
            """
            RunPages.Get ServedPage..ctor ShownFolder..ctor
            """),
        ("it is between the processes of one job",
            """
            IProcessGroup.Gather SoleProcess.Gather
            """),
        ("one number after what TorchSharp reads",
            """
            KappaGroupOptions.LoadStateDict
            """));

    /// <summary>Source files that open or parse a file, from <c>src</c>: the targets that reach them, or why there is none.</summary>
    internal static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["Kappa/Checkpoints/AtomicFile.cs"] = "none: it writes",
        ["Kappa/Checkpoints/Checkpoint.Save.cs"] = "none: it writes",
        ["Kappa/Checkpoints/BoundedFile.cs"] = "safetensors csv",
        ["Kappa/Checkpoints/CheckpointReader.cs"] = "checkpoint-model checkpoint-optimizer checkpoint-state",
        ["Kappa/Checkpoints/CheckpointState.cs"] = "checkpoint-state",
        ["Kappa/Checkpoints/SafeTensorsFile.cs"] = "safetensors",
        ["Kappa/Checkpoints/SafeTensorsImport.cs"] = "weights",
        ["Kappa/Checkpoints/SealedJson.cs"] = "sealed-json",
        ["Kappa/Checkpoints/StateDictExtensions.cs"] = "weights",
        ["Kappa/Training/StateMessage.cs"] = "none: it is between the processes of one job",
        ["Kappa/Training/TrainerLock.cs"] = "none: nothing is read of a lock",
        ["Kappa.Data/Pictures/IdxFile.cs"] = "idx-pictures idx-labels idx-packed",
        ["Kappa.Data/Pictures/ImageDataSet.cs"] = "idx-packed",
        ["Kappa.Data/Pictures/PictureFile.cs"] = "picture",
        ["Kappa.Data/RegularFile.cs"] = "csv numpy parquet",
        ["Kappa.Data/Tables/CsvBlocks.cs"] = "csv csv-stream",
        ["Kappa.Data/Tables/NumpyFile.cs"] = "numpy",
        ["Kappa.Data/Tables/TableEncoder.Files.cs"] = "table-encoder",
        ["Kappa.Data/Text/PretrainedTokenizer.cs"] = "none: it reads a file of a package that Kappa is built with",
        ["Kappa.Data/Text/TextDocument.cs"] = "text",
        ["Kappa.Data/Text/Tokenizer.cs"] = "tokenizer",
        ["Kappa.Onnx/Format/ExternalData.cs"] = "onnx",
        ["Kappa.Onnx/Format/OnnxFile.cs"] = "onnx",
        ["Kappa.Onnx/OnnxModel.cs"] = "onnx",
        ["Kappa.TorchSharp/KappaGroupOptions.cs"] = "none: one number after what TorchSharp reads",
        ["Kappa.TorchSharp/State/CarriedState.cs"] = "torch-state",
        ["Kappa.TorchSharp/State/NoState.cs"] = "none: it reads nothing",
        ["Kappa.TorchSharp/State/StateBytes.cs"] = "torch-state",
        ["Kappa.Mpi/Peers.cs"] = "none: it reads what the system says of its processes",
        ["Kappa.Cli/Commands/DemoCommand.cs"] = "none: it reads what is in the assembly",
        ["Kappa.Cli/Commands/ReproduceCommand.cs"] = "none: it reads its own command line",
        ["Kappa.Lab/Catalog/FeedbackCatalog.cs"] = "none: it reads what is in the assembly",
        ["Kappa.Lab/Data/DataCatalog.cs"] = "none: it reads what is in the assembly",
        ["Kappa.Lab/Data/DataPackage.cs"] = "none: every byte is checked against a hash that Kappa holds",
        ["Kappa.Lab/Reports/Export/PaperFiles.cs"] = "report",
        ["Kappa.Lab/Reports/HtmlPage.cs"] = "none: it reads what is in the assembly",
        ["Kappa.Lab/Reports/ReportReader.cs"] = "report",
        ["Kappa.Lab/Reports/RunEnvironment.cs"] = "none: it reads what the system says of its processor",
        ["Kappa.Lab/Runs/MetricsLook.cs"] = "none: it passes over what it cannot read; odd lines are tried by tests of its own",
        ["Kappa.Lab/Watching/RunPages.cs"] = "none: it hands out reports as they are, and reads by what has targets of its own",
        ["Kappa.Lab/Results/ResultSource.cs"] = "none: it reads the configs that are committed beside the code",
        ["Kappa.Lab/Results/CommittedResults.cs"] = "none: it reads the results that are committed beside the code",
        ["Kappa.Lab/Results/SourceState.cs"] = "none: it hashes the source files of the code",
        ["Kappa.Lab/Runs/EventLog.cs"] = "none: it writes",
        ["Kappa.Lab/Runs/FileHash.cs"] = "none: it hashes what it reads",
        ["Kappa.Lab/Runs/MetricsLog.cs"] = "run-metrics run-result",
        ["Kappa.Lab/Runs/RunJson.cs"] = "run-owner report-sources",
        ["Kappa.Lab/Runs/RunLock.cs"] = "run-owner",
        ["Kappa.Lab/Runs/RunManifest.cs"] = "run-manifest",
        ["Kappa.Lab/Runs/RunPart.cs"] = "run-result",
        ["Kappa.Lab/Runs/SharedWarnings.cs"] = "none: it is between the processes of one job",
        ["Kappa.Lab/Runs/SharedWork.cs"] = "none: nothing is read of a claim",
        ["Kappa.Lab/Settings/ConfigText.cs"] = "train-config compare-config sweep-config",
        ["Kappa.Lab/Settings/SchemaDefinitions.cs"] = "none: it reads what it wrote",
        ["Kappa.Lab/Studies/Train/SavedModel.cs"] = "model-description",
        ["Kappa.Lab/Studies/Train/TrainedModel.cs"] = "model-description run-manifest",
        ["Kappa.Lab/Studies/Train/TrainingRunner.cs"] = "none: it is between the processes of one job",
        ["Kappa.Lab/Tasks/CartPole/CartPolePhysics.cs"] = "none: it reads what is in the assembly",
    };

    private static Dictionary<string, string> Because(params (string Why, string Names)[] reasons) => reasons
        .SelectMany(reason => reason.Names.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(name => (name, reason.Why)))
        .ToDictionary(one => one.name, one => one.Why);
}
