/** What is used of the AWS SDK: the bundle keeps these commands in a file of their own, and leaves out a hundred others. */
export {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
export { NodeHttpHandler } from '@smithy/node-http-handler';
