namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>What a model has learnt before it is trained on the task.</summary>
internal enum Pretraining
{
    /// <summary>Nothing: its weights are drawn.</summary>
    None,

    /// <summary>The same task with fewer digits.</summary>
    ShortProblems,

    /// <summary>To predict the characters of the Brown corpus.</summary>
    Text,
}
